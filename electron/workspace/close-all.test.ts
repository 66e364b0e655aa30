import { expect, test } from "vitest";
import { closeAll } from "./close-all.ts";

test("all are ended, the last one first, whichever of them fails", async () => {
  const ended: string[] = [];
  const closer =
    (name: string, isBroken = false) =>
    async () => {
      ended.push(name);
      if (isBroken) throw new Error(`${name} is broken`);
    };
  const closers = [closer("store"), closer("queue", true), closer("server")];
  await expect(closeAll(closers)).rejects.toThrow("queue is broken");
  expect(ended).toEqual(["server", "queue", "store"]);
  await closeAll(closers);
  expect(ended).toHaveLength(3);
  const several = [closer("a", true), closer("b", true)];
  await expect(closeAll(several)).rejects.toBeInstanceOf(AggregateError);
});
