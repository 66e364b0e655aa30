import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../electron/quickstart/until.ts";
import type { RemoteClient } from "../../electron/gateway/remote-client.ts";
import type { Job, JobInput, JobOf, JobStatus } from "../../shared/contract/jobs.ts";
import { TorturedCore, type CoreSettings } from "./tortured-core.ts";

/** Shorter than those of the app: what is waited for there in the hope of better times. */
const TIMINGS: CoreSettings["timings"] = {
  pollMs: 250,
  presenceMs: 500,
  launchMs: 15_000,
  retryDelaysMs: [250],
  deferMs: 1000,
  blockedLookMs: 1000,
};

export interface DeskOptions {
  homePath: string;
  trainerPath: string;
  env: NodeJS.ProcessEnv;
  /** Whether the computer is restarted now and then, by a boot id that is made up. */
  isRestarted: boolean;
}

/** A data folder and the cores that look after it, one after the other. */
export class TorturedDesk {
  readonly homePath: string;
  /** Everything that was ever asked for. */
  readonly jobIds: string[] = [];
  readonly #options: DeskOptions;
  #bootId: string | null;
  #core: TorturedCore;

  constructor(options: DeskOptions) {
    this.homePath = options.homePath;
    this.#options = options;
    this.#bootId = options.isRestarted ? randomUUID() : null;
    mkdirSync(this.homePath, { recursive: true });
    this.#core = this.#start();
  }

  client(): Promise<RemoteClient> {
    return this.#core.client;
  }

  async killCore(): Promise<void> {
    await this.#core.kill();
  }

  startCore(): void {
    this.#core = this.#start();
  }

  /** As after a restart of the computer; its processes are for the caller to kill. */
  forgetBoot(): void {
    this.#bootId = randomUUID();
  }

  async closeCore(): Promise<void> {
    await this.#core.close();
  }

  async create(input: JobInput): Promise<Job> {
    const client = await this.client();
    const job = await client.request("jobs.create", input);
    this.jobIds.push(job.id);
    return job;
  }

  /** Creates jobs until this many have not ended. */
  async keepBusy(input: JobInput, count: number): Promise<void> {
    const client = await this.client();
    const jobs = await client.request("jobs.list", {});
    const waiting = jobs.filter(({ status }) => !hasEnded(status)).length;
    for (let missing = count - waiting; missing > 0; missing--) await this.create(input);
  }

  /** @returns the jobs that do not end as `completed`, in words; none when all do. */
  async waitForEnds(timeoutMs: number): Promise<string[]> {
    const client = await this.client();
    const lost = new Map<string, string>();
    const timeout = AbortSignal.timeout(timeoutMs);
    for (const id of this.jobIds) {
      const ended = await waitForEnd(client, id, timeout);
      if (ended.status === "completed") continue;
      const why = ended.status === "failed" ? `: ${ended.error.message}` : "";
      lost.set(id, `${ended.name} (${id}) is ${ended.status}${why}`);
    }
    return [...lost.values()];
  }

  async completed(): Promise<JobOf<"completed">[]> {
    const client = await this.client();
    const jobs = await client.request("jobs.list", {});
    return jobs.filter((job) => job.status === "completed");
  }

  #start(): TorturedCore {
    const { homePath, trainerPath, env } = this.#options;
    const leasesPath = join(homePath, "leases");
    const settings = { homePath, trainerPath, leasesPath, timings: TIMINGS, bootId: this.#bootId };
    return new TorturedCore(settings, { ...env, LORA_DESK_HOME: homePath });
  }
}

function hasEnded(status: JobStatus): boolean {
  return ["completed", "stopped", "failed"].includes(status);
}

/** @returns the job as it is when it has ended, or when the time is over. */
async function waitForEnd(client: RemoteClient, id: string, timeout: AbortSignal): Promise<Job> {
  const get = () => client.request("jobs.get", { id });
  const isOver = new Promise<"over">((resolve) => {
    if (timeout.aborted) resolve("over");
    else timeout.addEventListener("abort", () => resolve("over"), { once: true });
  });
  const end = until<"jobs.changed", Job>(client, "jobs.changed", undefined, {
    start: get,
    settle: (job) => (job.id === id && hasEnded(job.status) ? job : undefined),
  });
  const first = await Promise.race([end, isOver]);
  return first === "over" ? get() : first;
}
