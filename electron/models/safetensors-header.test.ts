import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { safetensorsFile } from "./fixtures/model-files.ts";
import {
  parseSafetensorsHeader,
  readSafetensorsSummary,
  SafetensorsError,
} from "./safetensors-header.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "safetensors-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function summaryOf(content: Uint8Array) {
  const file = path.join(folder, "model.safetensors");
  writeFileSync(file, content);
  return readSafetensorsSummary(file);
}

/** `whole` only when the file has all the bytes that its header speaks of. */
function outcomeOf(header: Uint8Array, fileBytes: number): string {
  try {
    const summary = parseSafetensorsHeader(header, fileBytes);
    return summary.actualBytes >= summary.expectedBytes ? "whole" : "too short";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const shape = fc.array(fc.nat(6), { maxLength: 4 });
const tensors = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !name.startsWith("__")),
  fc.record({ dtype: fc.constantFrom("F32", "BF16", "I64", "U8"), shape }),
  { maxKeys: 6 },
);

test("counts what was written", async () => {
  await fc.assert(
    fc.asyncProperty(tensors, async (written) => {
      const content = safetensorsFile(written);
      const summary = await summaryOf(content);
      expect(summary.tensors).toBe(Object.keys(written).length);
      expect(summary.expectedBytes).toBe(content.byteLength);
      for (const dtype of new Set(Object.values(written).map((tensor) => tensor.dtype))) {
        const ofDtype = Object.values(written).filter((tensor) => tensor.dtype === dtype);
        const sizes = ofDtype.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
        expect(summary.elements.get(dtype)).toBe(sizes.reduce((a, b) => a + b, 0));
      }
    }),
    { numRuns: 50 },
  );
});

test("a file cut off anywhere is truncated, and nothing else", async () => {
  const whole = safetensorsFile({ weight: { dtype: "F32", shape: [5, 3] } });
  for (let length = 0; length < whole.byteLength; length += 1) {
    await expect(summaryOf(whole.subarray(0, length))).rejects.toMatchObject({
      name: "SafetensorsError",
      isTruncated: true,
    });
  }
});

test("random bytes are refused as what they are, never with another error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      await expect(summaryOf(bytes)).rejects.toBeInstanceOf(SafetensorsError);
    }),
    { numRuns: 100 },
  );
});

test("any JSON as a header is read or refused, never anything else", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(10_000), (json, size) => {
      expect(outcomeOf(Buffer.from(json), size)).toMatch(/^(whole|SafetensorsError)$/);
    }),
  );
});

test("a header that claims to be enormous is not read", async () => {
  const start = Buffer.alloc(16);
  start.writeBigUInt64LE(2n ** 63n);
  await expect(summaryOf(start)).rejects.toMatchObject({ isTruncated: false });
});

test("a tensor whose bytes do not fit its shape is refused", () => {
  const header = Buffer.from(
    JSON.stringify({ weight: { dtype: "F32", shape: [2, 2], data_offsets: [0, 8] } }),
  );
  expect(() => parseSafetensorsHeader(header, 1000)).toThrow("describes “weight” wrongly");
});
