import { describe, expect, it, vi } from "vitest";
import type { Loadable } from "../core/loadable.ts";
import { followLog } from "./follow-log.ts";
import type { LogLines } from "./log-lines.ts";

const PAGE = 256 * 1024;

/** A core that has a log file and says when it grew. */
class LogCore {
  file = new Uint8Array();
  asked: number[] = [];
  isBroken = false;
  #grew: () => void = () => {};

  readonly client = {
    request: async (_method: string, { offset }: { offset: number }) => {
      this.asked.push(offset);
      if (this.isBroken) throw new Error("gone");
      const { length } = this.file;
      const start = offset < 0 ? Math.max(0, length + offset) : Math.min(offset, length);
      const end = Math.min(length, start + PAGE);
      const text = new TextDecoder().decode(this.file.subarray(start, end));
      return { text, offset: start, nextOffset: end, sizeBytes: length };
    },
    subscribe: (_topic: string, listener: (data: { sizeBytes: number }) => void) => {
      this.#grew = () => listener({ sizeBytes: this.file.length });
      return () => {
        this.#grew = () => {};
      };
    },
    getConnection: () => ({ state: "connected" }),
    onConnection: () => () => {},
  } as unknown as Parameters<typeof followLog>[0];

  write(text: string): void {
    const added = new TextEncoder().encode(text);
    const grown = new Uint8Array(this.file.length + added.length);
    grown.set(this.file);
    grown.set(added, this.file.length);
    this.file = grown;
    this.#grew();
  }
}

function follow(core: LogCore) {
  let latest: Loadable<LogLines> = { state: "loading" };
  const follower = followLog(core.client, "id", (log) => {
    latest = log;
  });
  const lines = () => (latest.state === "ready" ? latest.value.lines : null);
  return { follower, lines, state: () => latest.state };
}

describe("followLog", () => {
  it("begins before there is a file and reads on as it grows", async () => {
    const core = new LogCore();
    const { lines } = follow(core);
    await vi.waitFor(() => expect(lines()).toEqual([""]));
    core.write("one\ntw");
    core.write("o\n");
    await vi.waitFor(() => expect(lines()).toEqual(["one", "two", ""]));
  });

  it("shows the end of a long log and fetches what is before it when asked", async () => {
    const core = new LogCore();
    const all = Array.from({ length: 40_000 }, (_, index) => `line ${index}`);
    core.write(`${all.join("\n")}\n`);
    const { follower, lines } = follow(core);
    await vi.waitFor(() => expect(lines()?.at(-2)).toBe("line 39999"));
    expect(lines()?.[0]).not.toBe("line 0");
    await follower.loadEarlier();
    await follower.loadEarlier();
    expect(lines()).toEqual([...all, ""]);
    const count = core.asked.length;
    await follower.loadEarlier();
    expect(core.asked).toHaveLength(count);
  });

  it("starts again when the file is another, shorter one", async () => {
    const core = new LogCore();
    core.write("a long first attempt\n");
    const { lines } = follow(core);
    await vi.waitFor(() => expect(lines()).toEqual(["a long first attempt", ""]));
    core.file = new Uint8Array();
    core.write("new\n");
    await vi.waitFor(() => expect(lines()).toEqual(["new", ""]));
  });

  it("tells of a failure only while there is nothing to show", async () => {
    const core = new LogCore();
    core.isBroken = true;
    const { state, lines } = follow(core);
    await vi.waitFor(() => expect(state()).toBe("failed"));
    core.isBroken = false;
    core.write("back\n");
    await vi.waitFor(() => expect(lines()).toEqual(["back", ""]));
  });

  it("is silent once stopped", async () => {
    const core = new LogCore();
    const { follower, lines } = follow(core);
    await vi.waitFor(() => expect(lines()).toEqual([""]));
    follower.stop();
    const count = core.asked.length;
    core.write("more\n");
    expect(core.asked).toHaveLength(count);
  });
});
