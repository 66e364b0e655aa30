import {
  EVERY_FIELD,
  fieldsAfterRefusal,
  type GpuFigures,
  parseGpuRow,
  queryArguments,
} from "./gpu-fields.ts";
import type { NvidiaSmi, NvidiaSmiAnswer } from "./nvidia-smi.ts";

/*
 * systeminformation asks nvidia-smi too, but what it hands on is not enough to lease and watch
 * GPUs by: it has neither UUID nor MIG mode, drops every figure that is 0 (an idle GPU has no
 * utilisation), finds a GPU only where lspci lists it (not in WSL or most containers), swallows the
 * driver's errors, and blocks the event loop while it waits. So the figures come from this query.
 */
const UNKNOWN_FIELD_EXIT_CODE = 2;

export interface GpuQuery {
  driverVersion: string;
  gpus: GpuFigures[];
  /** GPUs that the driver counts, which may be more than have answered. */
  count: number | null;
  /** What was printed besides, such as which GPU cannot be reached. */
  remarks: string[];
}
export type GpuQueryAnswer =
  | ({ kind: "answered" } & GpuQuery)
  | Exclude<NvidiaSmiAnswer, { kind: "answered" }>;

export interface GpuQuestion {
  ask(): Promise<GpuQueryAnswer>;
  /** The fields that the driver is known to answer, as far as it has been asked. */
  fields(): readonly string[];
}

/**
 * Asks for all that the driver can tell, and remembers what it does not know. Who asks while a
 * question is on its way gets its answer.
 */
export function createGpuQuestion(nvidiaSmi: NvidiaSmi): GpuQuestion {
  let fields = EVERY_FIELD;
  let asking: Promise<GpuQueryAnswer> | null = null;

  const askNow = async (): Promise<GpuQueryAnswer> => {
    let answer = await nvidiaSmi(queryArguments(fields));
    while (answer.kind === "failed" && answer.exitCode === UNKNOWN_FIELD_EXIT_CODE) {
      const fewer = fieldsAfterRefusal(fields, answer.text);
      if (fewer === null) break;
      fields = fewer;
      answer = await nvidiaSmi(queryArguments(fields));
    }
    if (answer.kind !== "answered" && answer.kind !== "failed") return answer;
    // One lost GPU fails the whole call, though the lines of the others are there.
    const parsed = parseGpuQuery(answer.text, fields);
    if (parsed !== null) return { kind: "answered", ...parsed };
    return answer.kind === "failed" ? answer : { kind: "failed", exitCode: 0, text: answer.text };
  };

  return {
    fields: () => fields,
    ask() {
      asking ??= askNow().finally(() => {
        asking = null;
      });
      return asking;
    },
  };
}

/** @returns null when not a single line describes a GPU. Lines that describe none are remarks. */
export function parseGpuQuery(text: string, fields: readonly string[]): GpuQuery | null {
  const query: GpuQuery = { driverVersion: "", gpus: [], count: null, remarks: [] };
  for (const line of text.split(/\r?\n/)) {
    const row = parseGpuRow(line, fields);
    if (row === null) {
      if (line.trim() !== "") query.remarks.push(line.trim());
      continue;
    }
    query.driverVersion ||= row.driverVersion;
    query.count ??= row.count;
    query.gpus.push(row.gpu);
  }
  return query.gpus.length === 0 ? null : query;
}
