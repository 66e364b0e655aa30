import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { destination, pino } from "pino";

export type Log = (message: string, details?: Record<string, unknown>) => void;

export interface CoreLog {
  write: Log;
  close(): void;
}

const MAX_BYTES = 10 * 1024 * 1024;

/** Writes `core.log`, JSON lines. The one before is kept as `core.1.log` when it has grown large. */
export function openCoreLog(homePath: string): CoreLog {
  const path = join(homePath, "core.log");
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) {
    renameSync(path, join(homePath, "core.1.log"));
  }
  const file = destination({ dest: path, sync: true, mode: 0o600 });
  const logger = pino({ base: { pid: process.pid } }, file);
  return {
    write: (message, details) => logger.info(details ?? {}, message),
    close: () => file.end(),
  };
}
