import type { EventEnvelope } from "../../shared/contract/envelopes.ts";
import { ClientSession } from "./client-session.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";

/** Names of the channels between preload and main. */
export const ipcChannels = {
  request: "core:request",
  subscription: "core:subscription",
  event: "core:event",
} as const;

/** The part of Electron's `WebContents` that is needed; handed in so that plain Node can test. */
export interface IpcPeer {
  readonly id: number;
  send(channel: string, envelope: EventEnvelope): void;
  isDestroyed(): boolean;
  once(event: "destroyed", listener: () => void): unknown;
}

export interface IpcCall {
  readonly sender: IpcPeer;
  /** The frame that sends; null when it has gone. */
  readonly senderFrame: { readonly url: string } | null;
}

export interface IpcMain {
  handle(channel: string, handler: (call: IpcCall, ...args: unknown[]) => unknown): void;
  on(channel: string, listener: (call: IpcCall, ...args: unknown[]) => void): unknown;
}

/**
 * The IPC side of the core: `core:request` is invoked with `{method, params}` and answers with an
 * outcome; `core:subscription` is sent `{subscribe | unsubscribe, key?}`; events come back on
 * `core:event`. Calls from any page but our own window are refused.
 */
export function registerIpc(
  ipcMain: IpcMain,
  core: { dispatch: Dispatch; hub: Hub },
  isOurPage: (url: string) => boolean,
): void {
  const sessions = new Map<number, ClientSession>();

  function sessionOf(peer: IpcPeer): ClientSession {
    const known = sessions.get(peer.id);
    if (known !== undefined) return known;
    const session = new ClientSession(core, "desktop", (envelope) => {
      if ("topic" in envelope && !peer.isDestroyed()) peer.send(ipcChannels.event, envelope);
    });
    sessions.set(peer.id, session);
    peer.once("destroyed", () => {
      session.close();
      sessions.delete(peer.id);
    });
    return session;
  }

  ipcMain.handle(ipcChannels.request, (call, message) => {
    if (!isOurPage(call.senderFrame?.url ?? "")) {
      return { ok: false, error: { kind: "forbidden", message: "This page may not ask." } };
    }
    const { method, params } = (message ?? {}) as { method?: unknown; params?: unknown };
    return core.dispatch(String(method), params, "desktop");
  });
  ipcMain.on(ipcChannels.subscription, (call, message) => {
    if (isOurPage(call.senderFrame?.url ?? "")) sessionOf(call.sender).receive(message);
  });
}
