import { expect, it } from "vitest";
import type { QueuedJob } from "./queue-order.ts";
import { waitingWords } from "./waiting-words.ts";

const NOW = Date.parse("2026-03-05T12:00:00.000Z");
const words = (waitingFor: string | null, notBefore: string | null): string =>
  waitingWords({ waitingFor, notBefore } as QueuedJob, NOW);

it("says why it waits and when it is tried again", () => {
  expect(words(null, null)).toBe("about to start");
  expect(words("GPU 0 is in use.", null)).toBe("GPU 0 is in use.");
  expect(words(null, "2026-03-05T12:01:30.000Z")).toBe("tried again in 1 min 30 s");
  const told = "It failed. It is tried again at 12:01:30.";
  expect(words(told, "2026-03-05T12:01:30.000Z")).toBe(told);
});

it("says nothing of a time that has passed", () => {
  expect(words(null, "2026-03-05T11:59:00.000Z")).toBe("about to start");
});
