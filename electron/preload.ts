import { contextBridge, ipcRenderer, webUtils } from "electron";
import type { BridgeReply, DesktopBridge } from "../shared/contract/bridge.ts";
import type { EventEnvelope } from "../shared/contract/envelopes.ts";
import { shellChannels } from "./desktop/shell-channels.ts";
import { ipcChannels } from "./gateway/ipc.ts";

/*
 * Runs in the page's process, in a world of its own and in Chromium's sandbox. It passes messages
 * on and decides nothing: main checks who asks and what for.
 */

type Listener = (data: unknown) => void;

interface Subscription {
  readonly topic: string;
  readonly key: string | undefined;
  readonly listeners: Set<{ readonly listener: Listener }>;
}

declare const location: { hash: string };
declare function addEventListener(type: "pagehide", listener: () => void): void;

const subscriptions = new Map<string, Subscription>();

const bridge: DesktopBridge = {
  request: (method, params) => invoke(ipcChannels.request, { method, params }),

  subscribe: (topic, key, listener) => {
    const name = nameOf(topic, key);
    const subscription = subscriptions.get(name) ?? begin(name, topic, key);
    const entry = { listener };
    subscription.listeners.add(entry);
    return () => {
      if (!subscription.listeners.delete(entry) || subscription.listeners.size > 0) return;
      subscriptions.delete(name);
      tell("unsubscribe", subscription);
    };
  },

  registerDroppedFile: async (file) => {
    try {
      // Empty for a file that is on no disk, such as an image dragged from another page.
      const path = webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
      return await invoke(shellChannels.droppedFile, path);
    } catch {
      const message = "What was dropped is no file. Drop a .jsonl, .json or .txt file.";
      return { ok: false, error: { kind: "invalid_input", message } };
    }
  },
};

ipcRenderer.on(ipcChannels.event, (_event, envelope: EventEnvelope) => {
  const subscription = subscriptions.get(nameOf(envelope.topic, envelope.key));
  for (const { listener } of subscription?.listeners ?? []) listener(envelope.data);
});

ipcRenderer.on(shellChannels.navigate, (_event, place: string) => {
  location.hash = place;
});

// Main keeps subscriptions for as long as the window lives; a page that goes takes its own along.
addEventListener("pagehide", () => {
  for (const subscription of subscriptions.values()) tell("unsubscribe", subscription);
  subscriptions.clear();
});

contextBridge.exposeInMainWorld("loraDesk", bridge);

function begin(name: string, topic: string, key: string | undefined): Subscription {
  const subscription: Subscription = { topic, key, listeners: new Set() };
  subscriptions.set(name, subscription);
  tell("subscribe", subscription);
  return subscription;
}

function tell(verb: "subscribe" | "unsubscribe", { topic, key }: Subscription): void {
  const filter = key === undefined ? {} : { key };
  ipcRenderer.send(ipcChannels.subscription, { [verb]: topic, ...filter });
}

async function invoke(channel: string, message: unknown): Promise<BridgeReply> {
  try {
    return (await ipcRenderer.invoke(channel, message)) as BridgeReply;
  } catch {
    const text = "LoRA Desk did not answer. If that happens again, close and reopen it.";
    return { ok: false, error: { kind: "unavailable", message: text } };
  }
}

function nameOf(topic: string, key: string | undefined): string {
  return JSON.stringify([topic, key]);
}
