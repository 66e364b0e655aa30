import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createInstallProgress } from "./install-progress.ts";

const PIP = `Looking in links: /wheels
Collecting torch==2.13.0 (from -r requirements.txt (line 1))
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (29 kB)
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (530.6 MB)
Progress 131072000 of 530600000
Progress 530600000 of 530600000
Collecting filelock (from torch==2.13.0->-r requirements.txt (line 1))
  Using cached filelock-3.20.0-py3-none-any.whl (16 kB)
Installing collected packages: filelock, torch
Successfully installed filelock-3.20.0 torch-2.13.0`.split("\n");

const UV = `Using Python 3.11.7 environment at: env
Resolved 32 packages in 1.20s
Downloading torch (506.1MiB)
Downloading nvidia-cublas (542.3MiB)
 Downloaded nvidia-cublas
 Downloaded torch
Prepared 32 packages in 41.20s
Installed 32 packages in 310ms
 + torch==2.13.0`.split("\n");

function sharesOf(lines: readonly string[], expectedBytes = 1e9): number[] {
  const read = createInstallProgress(expectedBytes);
  return lines.flatMap((line) => read(line)?.share ?? []);
}

test.each([
  ["pip", PIP],
  ["uv", UV],
])("%s: goes from the beginning to the end, with downloads in between", (_name, lines) => {
  const shares = sharesOf(lines);
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
  expect(Math.max(...shares.filter((share) => share < 0.7))).toBeGreaterThan(0.3);
});

test("says what is being downloaded", () => {
  const read = createInstallProgress(1e9);
  const messages = PIP.map((line) => read(line)?.message);
  expect(messages).toContain("Downloading torch 2.13.0 (530.6 MB)");
  expect(messages).toContain("Taking filelock 3.20.0 from the cache");
  expect(messages).toContain("Installing 2 packages");
});

test("whatever is printed, the share never goes back and stays within 0 and 1", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(...PIP, ...UV),
    fc.tuple(fc.nat(), fc.nat()).map(([done, total]) => `Progress ${done} of ${total}`),
    fc.nat(99_999).map((size) => `  Downloading some-1.0.whl (${size}.5 MB)`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.nat(1e9), (lines, expected) => {
      const shares = sharesOf(lines, expected);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    }),
  );
});
