import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const markSchema = z.object({ ts: z.number().positive(), attempt: z.int() });

/**
 * When an attempt ended, in seconds since 1970, as the runner wrote it: the app may hear of it days
 * later. Without an exit its last sign of life counts; null when there is none.
 */
export async function readAttemptEnd(runPath: string, attempt: number): Promise<number | null> {
  for (const name of [`exit.${attempt}.json`, "exit.json", "heartbeat.json"]) {
    const mark = await readMark(join(runPath, name));
    if (mark?.attempt === attempt) return mark.ts;
  }
  return null;
}

async function readMark(path: string): Promise<z.infer<typeof markSchema> | null> {
  try {
    return markSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}
