import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** How other programs of the same user reach the running core. Only its owner may read it. */
export const coreAddressSchema = z.object({
  pid: z.int().positive(),
  url: z.url(),
  /** Sent as a bearer token; new at every start of a core. */
  secret: z.string().min(32),
});
export type CoreAddress = z.infer<typeof coreAddressSchema>;

const FILE = "core.json";

export function writeCoreAddress(homePath: string, address: CoreAddress): void {
  const partial = join(homePath, `${FILE}.${randomUUID()}`);
  writeFileSync(partial, JSON.stringify(address), { mode: 0o600 });
  renameSync(partial, join(homePath, FILE));
}

/** The address last written, which may be that of a core that was killed since. */
export function readCoreAddress(homePath: string): CoreAddress | null {
  try {
    return coreAddressSchema.parse(JSON.parse(readFileSync(join(homePath, FILE), "utf8")));
  } catch {
    return null;
  }
}

export function removeCoreAddress(homePath: string): void {
  rmSync(join(homePath, FILE), { force: true });
}
