import type { Failure } from "./errors.ts";

/** What the core answers to a request of the page: the result, or what went wrong. */
export type BridgeReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Failure };

/**
 * What the preload script shows to the page as `window.loraDesk`: all that the desktop window can
 * do beyond a plain web page. Nothing here names a path: the page knows files by their ids only.
 */
export interface DesktopBridge {
  /** Never rejects: whatever goes wrong comes back as `{ok: false, error}`. */
  request(method: string, params: unknown): Promise<BridgeReply>;
  /** Calls `listener` with every event of the topic (of one key, if given) until the result is called. */
  subscribe(topic: string, key: string | undefined, listener: (data: unknown) => void): () => void;
  /** Takes a `File` that the person dropped on the page and answers `{fileId, name, sizeBytes}`. */
  registerDroppedFile(file: object): Promise<BridgeReply>;
}
