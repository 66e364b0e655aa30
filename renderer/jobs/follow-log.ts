import { failed, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { whenConnected } from "../core/when-connected.ts";
import type { WindowClient } from "../transport/window-client.ts";
import { appendToLog, prependToLog, startLog } from "./log-lines.ts";
import type { LogLines } from "./log-lines.ts";

/** What the core gives in one piece at most. */
const PAGE_BYTES = 256 * 1024;

type LogCore = Pick<WindowClient, "request" | "subscribe" | "getConnection" | "onConnection">;

export type LogFollower = {
  /** Fetches the page before what is held; the listener gets the longer log. */
  readonly loadEarlier: () => Promise<void>;
  readonly stop: () => void;
};

/** The end of a run's log, and whatever is added to it from now on. */
export function followLog(
  client: LogCore,
  id: string,
  listen: (log: Loadable<LogLines>) => void,
): LogFollower {
  let log: LogLines | null = null;
  const ending = new AbortController();
  let isReading = false;
  /** The log grew (or a connection was made) while it was being read. */
  let isBehind = false;

  const show = (next: LogLines): void => {
    if (next === log) return;
    log = next;
    listen(ready(next));
  };

  const readOn = async (): Promise<void> => {
    for (;;) {
      const offset: number = log === null ? -PAGE_BYTES : log.endOffset;
      const page = await client.request("jobs.log", { id, offset });
      if (ending.signal.aborted) return;
      // Shorter than what is held: it is another file.
      const isAnew = log === null || page.sizeBytes < log.endOffset;
      if (log !== null && isAnew && page.offset !== 0) {
        log = null;
        continue;
      }
      show(log === null || isAnew ? startLog(page) : appendToLog(log, page));
      // A page without progress ends with half a character: the rest of it is announced.
      if (page.nextOffset >= page.sizeBytes || page.nextOffset === page.offset) return;
    }
  };

  const catchUp = async (): Promise<void> => {
    isBehind = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isBehind && !ending.signal.aborted) {
        isBehind = false;
        await readOn();
      }
    } catch (error) {
      if (!ending.signal.aborted && log === null) listen(failed(error));
    } finally {
      isReading = false;
    }
  };

  const loadEarlier = async (): Promise<void> => {
    if (log === null || log.startOffset === 0) return;
    const offset = Math.max(0, log.startOffset - PAGE_BYTES);
    const page = await client.request("jobs.log", { id, offset });
    const end = log.startOffset;
    if (ending.signal.aborted || page.nextOffset < end) return;
    show(prependToLog(log, page.nextOffset === end ? page : cutAt(page, end)));
  };

  const endings = [
    client.subscribe("jobs.logGrew", () => void catchUp(), id),
    whenConnected(client, () => void catchUp()),
  ];
  return {
    loadEarlier,
    stop: () => {
      ending.abort();
      for (const end of endings) end();
    },
  };
}

type Page = { readonly text: string; readonly offset: number; readonly nextOffset: number };

/** The part of a page before `end`, which lies on a line's boundary. */
function cutAt(page: Page, end: number): Page {
  const bytes = new TextEncoder().encode(page.text).subarray(0, end - page.offset);
  return { text: new TextDecoder().decode(bytes), offset: page.offset, nextOffset: end };
}
