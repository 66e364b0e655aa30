import { expect, test } from "vitest";
import { LatestWaits } from "./latest-waits.ts";

test("what was left before its turn is not worked through; the latest is", async () => {
  const queue = new LatestWaits<string>();
  const begun: string[] = [];
  const gate = Promise.withResolvers<void>();
  const ask = (name: string) =>
    queue.add(async () => {
      begun.push(name);
      await gate.promise;
      return name;
    });
  const first = ask("first");
  const left = ask("left");
  const last = ask("last");
  // At once, not when its turn would have come: it may be asked for again.
  await expect(left).rejects.toMatchObject({ kind: "cancelled" });
  expect(begun).toEqual(["first"]);
  gate.resolve();
  expect(await Promise.all([first, last])).toEqual(["first", "last"]);
  expect(begun).toEqual(["first", "last"]);
  expect(await ask("left")).toBe("left");
});

test("one that fails keeps nobody from going on, and closing turns away what waits", async () => {
  const queue = new LatestWaits<string>();
  const gate = Promise.withResolvers<string>();
  const failing = queue.add(() => Promise.reject(new Error("torn")));
  const second = queue.add(() => gate.promise);
  await expect(failing).rejects.toThrow("torn");
  const waiting = queue.add(() => Promise.resolve("never"));
  const closed = queue.close();
  await expect(waiting).rejects.toMatchObject({ kind: "unavailable" });
  gate.resolve("second");
  expect(await second).toBe("second");
  await closed;
  await expect(queue.add(() => gate.promise)).rejects.toMatchObject({ kind: "unavailable" });
});
