import { expect, test } from "vitest";
import type { Export } from "../../shared/contract/exports.ts";
import { heardSince, type HeardExports, withHeard } from "./export-list.ts";

const running = (id: string, share: number) =>
  ({ id, state: "running", share, createdAt: "2026-01-01T00:00:00.000Z" }) as unknown as Export;

test("what was heard counts until there is a new connection", () => {
  let heard: HeardExports = { connections: 1, list: [] };
  heard = withHeard(heard, 1, running("a", 0.1));
  heard = withHeard(heard, 1, running("a", 0.2));
  expect(heardSince(heard, 1)).toMatchObject([{ id: "a", share: 0.2 }]);
  // The core that said so is gone; what it left is in the answer that is asked for anew.
  expect(heardSince(heard, 2)).toEqual([]);
  heard = withHeard(heard, 2, running("b", 0.3));
  expect(heardSince(heard, 2)).toMatchObject([{ id: "b" }]);
});
