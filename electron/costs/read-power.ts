import { join } from "node:path";
import { type PowerSample, powerSampleSchema } from "../../shared/contract/run-folder.ts";
import { readWholeLines } from "../jobs/event-file.ts";

const CHUNK_BYTES = 1024 * 1024;

export interface PowerChunk {
  samples: PowerSample[];
  nextOffset: number;
  hasMore: boolean;
}

/** What the runner has written to power.jsonl since. A line that is none is left out: a gap. */
export async function readPower(runPath: string, offset: number): Promise<PowerChunk> {
  const path = join(runPath, "power.jsonl");
  const { lines, nextOffset, hasMore } = await readWholeLines(path, offset, CHUNK_BYTES);
  return { samples: lines.flatMap(sampleOf), nextOffset, hasMore };
}

function sampleOf(line: string): PowerSample[] {
  try {
    const { data } = powerSampleSchema.safeParse(JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}
