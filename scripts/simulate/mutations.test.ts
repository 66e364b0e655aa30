import { afterAll, beforeAll, expect, test } from "vitest";
import { MutatedCopy } from "./mutated-copy.ts";
import { mutations } from "./mutations.ts";

/* A simulator that finds nothing proves nothing, unless it finds what is there. */
let copy: MutatedCopy;

beforeAll(() => {
  copy = new MutatedCopy();
});
afterAll(() => copy?.remove());

test("the copy without a fault has none", { timeout: 120_000 }, async () => {
  expect(await copy.simulate(null, 3)).toMatch(/^nothing was found/);
});

test.each(mutations)("the simulator finds: $name", { timeout: 120_000 }, async (mutation) => {
  const said = await copy.simulate(mutation, 150);
  expect(said).toMatch(/^found/);
  // By looking, not because the code does not run at all.
  expect(said).toMatch(/^\s+(LOST|DOUBLED|DIVERGED|LEAKED|ASTRAY|STUCK|\S+ counts|\S+ has)/m);
});
