import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connectRemoteClient, type RemoteClient } from "../../electron/gateway/remote-client.ts";
import { readCoreAddress } from "../../electron/home/core-address.ts";
import type { JobTimings } from "../../electron/jobs/job-timings.ts";

export interface CoreSettings {
  homePath: string;
  trainerPath: string;
  leasesPath: string;
  /** Null: the system's own. */
  bootId: string | null;
  timings: Partial<JobTimings>;
}

/** One life of the core of a data folder. */
export class TorturedCore {
  /** Settles when it answers; rejects when it ends before that. */
  readonly client: Promise<RemoteClient>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #logPath: string;
  #isToEnd = false;

  constructor(settings: CoreSettings, env: NodeJS.ProcessEnv) {
    this.#logPath = join(settings.homePath, "core-output.txt");
    const log = openSync(this.#logPath, "a");
    const program = join(import.meta.dirname, "core-process.ts");
    this.#child = spawn(process.execPath, [program, JSON.stringify(settings)], {
      env,
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    this.#ended = once(this.#child, "exit");
    this.client = this.#connect(settings.homePath);
    this.client.catch(() => undefined);
  }

  /** At once and without a word, as by the system. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async close(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** @throws when the core went by itself: it never should. */
  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (!this.#isToEnd && (exitCode !== null || signalCode !== null)) {
      throw new Error(`The core ended by itself (${exitCode ?? signalCode}): ${this.#logPath}`);
    }
    this.#isToEnd = true;
    this.#child.kill(signal);
    await this.#ended;
  }

  async #connect(homePath: string): Promise<RemoteClient> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("The core's output is not read.");
    for await (const _ of createInterface({ input: stdout })) {
      const address = readCoreAddress(homePath);
      if (address === null) throw new Error(`The core does not say in ${homePath} where it is.`);
      return connectRemoteClient(address);
    }
    throw new Error(`The core ended before it answered: ${this.#logPath}`);
  }
}
