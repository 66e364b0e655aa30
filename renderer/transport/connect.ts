import type { DesktopBridge } from "../../shared/contract/bridge.ts";
import { chooseBrowserFile } from "./choose-browser-file.ts";
import { IpcClient } from "./ipc-client.ts";
import { uploadFile } from "./upload-file.ts";
import { WebSocketClient } from "./websocket-client.ts";
import type { WindowClient } from "./window-client.ts";

declare global {
  interface Window {
    /** Only in the desktop shell. */
    readonly loraDesk?: DesktopBridge;
  }
}

const DATASET_FILES = ".jsonl,.ndjson,.json,.txt";

/** The desktop shell's bridge where there is one, else the WebSocket of the page's own origin. */
export function connectToCore(): WindowClient {
  if (window.loraDesk !== undefined) return new IpcClient(window.loraDesk);
  const { protocol, host } = window.location;
  return new WebSocketClient({
    open: () => new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/ws`),
    isUnauthorised,
    chooseFile: () => chooseBrowserFile(DATASET_FILES),
    sendFile: uploadFile,
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
}

async function isUnauthorised(): Promise<boolean> {
  try {
    const response = await fetch("/ws", { cache: "no-store", credentials: "same-origin" });
    return response.status === 401;
  } catch {
    return false;
  }
}
