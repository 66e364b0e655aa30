import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { processIdentitySchema } from "../../shared/contract/run-folder.ts";
import { type BootId, livenessOf } from "./process-identity.ts";

const LARGEST_NOTE = 4096;
/** Neither a link to somewhere else nor a pipe that never ends. Windows knows neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What a runner writes into the lock file of a GPU, for others to read; see `gpu_leases.py`. */
const leaseNoteSchema = processIdentitySchema.extend({
  user: z.string(),
  job: z.string(),
  home: z.string(),
  run: z.string(),
  boot_id: z.string(),
  trainer: processIdentitySchema.nullable(),
  is_shared: z.boolean(),
});
export type LeaseNote = z.infer<typeof leaseNoteSchema>;

/** The same for all users of a machine: not `TMPDIR`, which may be one's own. */
export function defaultLeasesPath(env: NodeJS.ProcessEnv): string {
  return process.platform === "win32"
    ? join(env["PROGRAMDATA"] ?? "C:\\ProgramData", "lora-desk-leases")
    : "/tmp/lora-desk-leases";
}

/**
 * Who says that it holds a GPU and still lives. The lock itself is the runner's to take: this only
 * saves a launch that would be in vain, and has words for why.
 */
export async function readLeaseNote(
  leasesPath: string,
  uuid: string,
  presentBootId: BootId,
): Promise<LeaseNote | null> {
  const text = await readNote(join(leasesPath, `${uuid.replaceAll(/[^A-Za-z0-9-]/g, "_")}.lock`));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null; // none, or only half of it
  }
  // Any user of the machine may have written it.
  const note = leaseNoteSchema.safeParse(content).data;
  if (note === undefined) return null;
  for (const identity of [note, note.trainer]) {
    if (identity === null) continue;
    const liveness = await livenessOf(identity, { bootId: note.boot_id }, presentBootId);
    if (liveness !== "gone") return note;
  }
  return null;
}

async function readNote(path: string): Promise<string> {
  try {
    const file = await open(path, FLAGS);
    try {
      if (!(await file.stat()).isFile()) return "";
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST_NOTE), 0, LARGEST_NOTE, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return ""; // nobody has had this GPU yet, or the file is not for us to read
  }
}
