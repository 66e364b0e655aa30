import fc from "fast-check";
import { expect, test } from "vitest";
import { exportName } from "./export-name.ts";

test.each([
  ["Crème brûlée (v2)", "creme-brulee-v2"],
  ["sums on lora-desk-tiny", "sums-on-lora-desk-tiny"],
  ["  …/../etc/passwd ", "etc-passwd"],
  ["数学", "adapter"],
  ["", "adapter"],
  ["NUL", "adapter"],
  ["com1.txt", "adapter"],
])("%j is called %j", (text, name) => expect(exportName(text)).toBe(name));

test("whatever a run is called, the name is fit for a folder and stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      const name = exportName(text);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9._-]{0,58}[a-z0-9])?$/);
      expect(exportName(name)).toBe(name);
    }),
  );
});
