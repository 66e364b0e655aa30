import { describe, expect, it } from "vitest";
import { describeTorch, packageList } from "./environment-words.ts";

describe("describeTorch", () => {
  it("names the build and what it can compute in", () => {
    const cuda = { version: "2.13.0", cudaVersion: "13.0", devices: ["A100"], supportsBf16: true };
    expect(describeTorch(cuda)).toBe("2.13.0, CUDA 13.0, bfloat16");
    expect(describeTorch({ ...cuda, cudaVersion: null, supportsBf16: false })).toBe(
      "2.13.0, CPU build",
    );
  });
});

describe("packageList", () => {
  it("leaves out torch, which has its own line", () => {
    expect(packageList({ torch: "2.13.0", peft: "0.21.0", accelerate: "1.15.0" })).toBe(
      "accelerate 1.15.0, peft 0.21.0",
    );
  });
});
