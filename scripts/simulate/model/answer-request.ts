import { DatabaseError } from "./database-error.ts";
import type { ModelProject } from "./model-project.ts";
import { pullChanges } from "./pull-changes.ts";
import { pushChanges } from "./push-changes.ts";
import { pushMetrics } from "./push-metrics.ts";

export interface ModelReply {
  status: number;
  body: string;
}

/** Answers a call of one of the three functions as the API would, in one transaction. */
export function answerRequest(
  project: ModelProject,
  userId: string,
  name: string,
  body: string,
): ModelReply {
  // PostgreSQL's jsonb has no room for it, so the function is not even called.
  if (/(?<!\\)(\\\\)*\\u0000/.test(body)) {
    return problem(400, "22P05", "unsupported Unicode escape sequence");
  }
  const given = JSON.parse(body) as Record<string, unknown>;
  project.beginTransaction();
  try {
    return { status: 200, body: JSON.stringify(call(project, userId, name, given)) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return problem(400, error.sqlstate, error.message);
  }
}

function call(
  project: ModelProject,
  userId: string,
  name: string,
  given: Record<string, unknown>,
): unknown {
  switch (name) {
    case "push_changes":
      return pushChanges(project, userId, given["changes"]);
    case "push_metrics":
      return pushMetrics(project, userId, given["points"]);
    case "pull_changes": {
      const { since = null, page_size: pageSize = 500 } = given;
      return pullChanges(project, userId, since as string | null, Number(pageSize));
    }
    default:
      throw new DatabaseError("PGRST202", `There is no function ${name}`);
  }
}

function problem(status: number, code: string, message: string): ModelReply {
  return { status, body: JSON.stringify({ code, message, details: null, hint: null }) };
}
