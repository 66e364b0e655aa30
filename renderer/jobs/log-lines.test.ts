import { describe, expect, it } from "vitest";
import { appendToLog, cleanLine, prependToLog, startLog } from "./log-lines.ts";

describe("log lines", () => {
  it("leaves out half a line at the start of the tail", () => {
    const log = startLog({ text: "alf a line\nwhole\nund", offset: 100, nextOffset: 120 });
    expect(log).toEqual({ lines: ["whole", "und"], startOffset: 111, endOffset: 120 });
  });

  it("goes on with the unfinished line when the file grows", () => {
    const log = startLog({ text: "one\ntw", offset: 0, nextOffset: 6 });
    const grown = appendToLog(log, { text: "o\nthree\n", offset: 6, nextOffset: 14 });
    expect(grown.lines).toEqual(["one", "two", "three", ""]);
    expect(grown.endOffset).toBe(14);
  });

  it("takes no chunk twice and none out of order", () => {
    const log = startLog({ text: "one\n", offset: 0, nextOffset: 4 });
    expect(appendToLog(log, { text: "one\n", offset: 0, nextOffset: 4 })).toBe(log);
    expect(appendToLog(log, { text: "x", offset: 9, nextOffset: 10 })).toBe(log);
  });

  it("puts earlier lines before the held ones", () => {
    const log = startLog({ text: "b\nthree\nfour", offset: 8, nextOffset: 20 });
    expect(log.startOffset).toBe(10);
    const earlier = prependToLog(log, { text: "one\ntwo\nb\n", offset: 0, nextOffset: 10 });
    expect(earlier.lines).toEqual(["one", "two", "b", "three", "four"]);
    expect(earlier.startOffset).toBe(0);
  });

  it("counts bytes, not characters", () => {
    const log = startLog({ text: "é€\nrest", offset: 50, nextOffset: 60 });
    expect(log.startOffset).toBe(56);
  });

  it("shows the last state of a progress bar and no terminal colours", () => {
    expect(cleanLine("10%\r50%\r100%")).toBe("100%");
    expect(cleanLine("windows line\r")).toBe("windows line");
    expect(cleanLine("\u001b[31mred\u001b[0m")).toBe("red");
  });
});
