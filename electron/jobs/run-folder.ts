import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import {
  commandSchema,
  type Heartbeat,
  heartbeatSchema,
  type ProcessIdentity,
  type RunCommand,
  type RunExit,
  runExitSchema,
} from "../../shared/contract/run-folder.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import type { LaunchIdentity } from "./process-identity.ts";

/**
 * The files of one run (see the contract's run-folder.ts for who writes which). Heartbeat and exit
 * are of one attempt: what an earlier attempt left behind does not count.
 */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get configPath(): string {
    return join(this.path, "config.json");
  }
  get eventsPath(): string {
    return join(this.path, "events.jsonl");
  }
  get logPath(): string {
    return join(this.path, "log.txt");
  }

  async readHeartbeat(attempt: number): Promise<Heartbeat | null> {
    const heartbeat = await this.#readHeartbeat();
    return heartbeat?.attempt === attempt ? heartbeat : null;
  }

  /** The processes of the last attempt that named any. */
  async readLastProcesses(): Promise<{ identity: ProcessIdentity; launch: LaunchIdentity }[]> {
    const heartbeat = await this.#readHeartbeat();
    if (heartbeat === null) return [];
    return [heartbeat.runner, heartbeat.trainer]
      .filter((identity) => identity !== null)
      .map((identity) => ({ identity, launch: launchOf(heartbeat) }));
  }

  async readExit(attempt: number): Promise<RunExit | null> {
    const exit = await readJson(join(this.path, "exit.json"), runExitSchema);
    return exit?.attempt === attempt ? exit : null;
  }

  async readCommand(attempt: number): Promise<RunCommand | null> {
    const command = await readJson(join(this.path, "command.json"), commandSchema);
    return command?.attempt === attempt ? command : null;
  }

  writeCommand(command: RunCommand): Promise<void> {
    return writeFileAtomically(join(this.path, "command.json"), `${JSON.stringify(command)}\n`);
  }

  #readHeartbeat(): Promise<Heartbeat | null> {
    return readJson(join(this.path, "heartbeat.json"), heartbeatSchema);
  }
}

export function launchOf(heartbeat: Heartbeat): LaunchIdentity {
  return { bootId: heartbeat.boot_id, nonce: heartbeat.nonce };
}

/** Null when the file is missing or does not say what it should: its writer may be interrupted. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
