import { describe, expect, it } from "vitest";
import { joinBuildLog } from "./build-log-lines.ts";

describe("joinBuildLog", () => {
  it("goes on after what the file held", () => {
    expect(joinBuildLog("one\ntwo\n", "three\n")).toEqual(["one", "two", "three"]);
    expect(joinBuildLog("", "one\n")).toEqual(["one"]);
    expect(joinBuildLog("one\n", "")).toEqual(["one"]);
    expect(joinBuildLog("", "")).toEqual([]);
  });

  it("shows no line twice that was both written and told", () => {
    expect(joinBuildLog("one\ntwo\nthree\n", "two\nthree\nfour\n")).toEqual([
      "one",
      "two",
      "three",
      "four",
    ]);
    expect(joinBuildLog("one\ntwo\n", "one\ntwo\n")).toEqual(["one", "two"]);
  });

  it("keeps what the file holds beyond what has been told", () => {
    expect(joinBuildLog("one\ntwo\nthree\nfour\n", "two\nthree\n")).toEqual([
      "one",
      "two",
      "three",
      "four",
    ]);
  });

  it("is not misled by a line that repeats", () => {
    expect(joinBuildLog("a\nb\na\n", "a\nc\n")).toEqual(["a", "b", "a", "c"]);
  });

  it("keeps empty lines, drops terminal colours and shows the end of a long log", () => {
    expect(joinBuildLog("a\n\n\u001b[31mred\u001b[0m\n", "")).toEqual(["a", "", "red"]);
    const long = Array.from({ length: 2500 }, (_, index) => `${index}\n`).join("");
    const lines = joinBuildLog(long, "last\n");
    expect(lines).toHaveLength(2000);
    expect(lines.at(-1)).toBe("last");
  });
});
