import type { RunEventOf } from "../../shared/contract/run-folder.ts";

const FIELDS = 15;

/**
 * Whether a value from JSON is exactly a `step` event as `runEventSchema` describes it, with nothing
 * besides. A quick yes for the one event of which there are a hundred thousand; a no means only that
 * the schema has to be asked, which says what is wrong or leaves out what is too much.
 */
export function isPlainStepEvent(value: unknown, runId: string): value is RunEventOf<"step"> {
  if (typeof value !== "object" || value === null) return false;
  const event = value as Record<keyof RunEventOf<"step">, unknown>;
  return (
    event.type === "step" &&
    event.run === runId &&
    event.v === 1 &&
    isCount(event.seq) &&
    Number.isFinite(event.ts) &&
    isCount(event.attempt) &&
    event.attempt > 0 &&
    isCount(event.step) &&
    Number.isFinite(event.epoch) &&
    (event.epoch as number) >= 0 &&
    isFiniteOrNull(event.loss) &&
    Number.isFinite(event.learning_rate) &&
    isFiniteOrNull(event.grad_norm) &&
    isCount(event.tokens) &&
    Number.isFinite(event.tokens_per_second) &&
    Number.isFinite(event.step_ms) &&
    Number.isFinite(event.memory_mb) &&
    hasNoMoreFields(event)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFiniteOrNull(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

/** All fields of a step have been found by now, so it is a matter of counting. */
function hasNoMoreFields(event: object): boolean {
  let fields = 0;
  for (const _ in event) fields += 1;
  return fields === FIELDS;
}
