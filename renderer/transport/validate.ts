import { procedures, topics } from "../../shared/contract/contract.ts";
import type { Method, Result, Topic, TopicData } from "../../shared/contract/contract.ts";
import { AppError } from "../../shared/app-error.ts";

/** Parses a reply at the boundary. A reply that does not fit means that window and core differ. */
export function parseResult<M extends Method>(method: M, result: unknown): Result<M> {
  const parsed = procedures[method].output.safeParse(result);
  if (parsed.success) return parsed.data as Result<M>;
  throw new AppError(
    "internal",
    `The core's answer to ${method} is not what this window understands. ` +
      "Window and core are of different versions: reload the window or restart the app.",
    { cause: parsed.error },
  );
}

/** Null for an event that does not fit: it is dropped, and the next fetch brings the truth. */
export function parseTopicData<T extends Topic>(topic: T, data: unknown): TopicData<T> | null {
  const parsed = topics[topic].safeParse(data);
  return parsed.success ? (parsed.data as TopicData<T>) : null;
}

export function isTopic(name: string): name is Topic {
  return Object.hasOwn(topics, name);
}
