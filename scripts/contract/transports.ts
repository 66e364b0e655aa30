import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import { vi } from "vitest";
import type { Core } from "../../electron/core.ts";
import {
  type IpcCall,
  type IpcMain,
  type IpcPeer,
  registerIpc,
} from "../../electron/gateway/ipc.ts";
import { IpcClient } from "../../renderer/transport/ipc-client.ts";
import { WebSocketClient } from "../../renderer/transport/websocket-client.ts";
import type { WindowClient } from "../../renderer/transport/window-client.ts";
import type { DesktopBridge } from "../../shared/contract/bridge.ts";

/** A window's client joined to a core by one of the two transports, both ends being the real ones. */
export interface JoinedWindow {
  client: WindowClient;
  /** Sends something to the core that no client of ours would. */
  sendRaw(message: unknown): Promise<void>;
  close(): void;
}

export async function joinByWebSocket(core: Core): Promise<JoinedWindow> {
  const entrance = await fetch(core.issueLink(), { redirect: "manual" });
  const cookie = (entrance.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const open = () =>
    new WebSocket(`${core.url.replace("http", "ws")}/ws`, {
      headers: { cookie, origin: core.url },
    });
  const client = new WebSocketClient({
    open: () => open() as unknown as globalThis.WebSocket,
    isUnauthorised: async () => false,
    chooseFile: async () => null,
    sendFile: () => Promise.reject(new Error("no file is sent here")),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
  return {
    client,
    sendRaw: (message) =>
      new Promise((resolve, reject) => {
        const socket = open();
        socket.on("open", () => socket.send(JSON.stringify(message)));
        socket.on("close", () => resolve());
        socket.on("error", reject);
      }),
    close: () => client.close(),
  };
}

/** What Electron does between the two ends: messages are cloned, handlers answer later. */
export async function joinByIpc(core: Core): Promise<JoinedWindow> {
  const page = new EventEmitter();
  const handlers = new Map<string, (call: IpcCall, ...args: unknown[]) => unknown>();
  const peer: IpcPeer = {
    id: 1,
    send: (channel, envelope) => page.emit(channel, {}, structuredClone(envelope)),
    isDestroyed: () => false,
    once: (event, listener) => page.once(event, listener),
  };
  const call: IpcCall = { sender: peer, senderFrame: { url: "app://lora-desk/index.html" } };
  const ipcMain: IpcMain = {
    handle: (channel, handler) => handlers.set(channel, handler),
    on: (channel, listener) => handlers.set(channel, listener),
  };
  registerIpc(ipcMain, core, (url) => url.startsWith("app://lora-desk/"));

  let bridge: DesktopBridge | undefined;
  vi.doMock("electron", () => ({
    contextBridge: { exposeInMainWorld: (_name: string, value: DesktopBridge) => (bridge = value) },
    ipcRenderer: {
      invoke: async (channel: string, message: unknown) =>
        structuredClone(await handlers.get(channel)?.(call, structuredClone(message))),
      send: (channel: string, message: unknown) =>
        handlers.get(channel)?.(call, structuredClone(message)),
      on: (channel: string, listener: (...args: unknown[]) => void) => page.on(channel, listener),
    },
    webUtils: {},
  }));
  // The only thing of the page itself that the preload script listens to.
  vi.stubGlobal("addEventListener", (event: string, listener: () => void) =>
    page.on(event, listener),
  );
  vi.resetModules();
  await import("../../electron/preload.ts");
  if (bridge === undefined) throw new Error("The preload script exposed nothing.");
  const client = new IpcClient(bridge);
  return {
    client,
    sendRaw: async (message) => {
      await handlers.get("core:request")?.(call, message);
      handlers.get("core:subscription")?.(call, message);
    },
    close: () => {
      client.close();
      page.emit("pagehide");
      page.emit("destroyed");
      vi.unstubAllGlobals();
    },
  };
}
