import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Handlers, Method } from "../shared/contract/contract.ts";
import type { GpuFault } from "../shared/contract/gpus.ts";
import type { Job } from "../shared/contract/jobs.ts";
import { isNamedByOthers, runOfOthers } from "./accounts/files-of-others.ts";
import type { AccountMethod } from "./accounts/open-accounts.ts";
import type { SecretBox } from "./accounts/secret-box.ts";
import { openCosts } from "./costs/open-costs.ts";
import { runSources } from "./costs/run-sources.ts";
import { openDatasetLibrary } from "./datasets/dataset-library.ts";
import { type Exports, openExports } from "./exports/open-exports.ts";
import type { FileRegister } from "./gateway/file-register.ts";
import { openGpuMonitor } from "./gpus/open-gpu-monitor.ts";
import { DiskPauseStore } from "./health/disk-pause-store.ts";
import { openHealthWatch } from "./health/open-health-watch.ts";
import { watchedJobs } from "./health/watched-jobs.ts";
import type { Log } from "./home/core-log.ts";
import {
  type Jobs,
  openJobSupervisor,
  type OpenJobSupervisorOptions,
} from "./jobs/open-job-supervisor.ts";
import { openModelLibrary } from "./models/open-model-library.ts";
import { openNotices } from "./notices/open-notices.ts";
import { openPreflight } from "./preflight/open-preflight.ts";
import { openPythonEnvironment } from "./python/open-python-environment.ts";
import { openSettings } from "./settings/settings-store.ts";
import type { Store } from "./store/open-store.ts";
import { openSyncParts } from "./sync-parts.ts";
import { openTokenInspector } from "./tokens/open-token-inspector.ts";
import { busyWith } from "./workspace/busy-with.ts";
import type { OpenAccount } from "./workspace/open-account.ts";
import type { PartsHub } from "./workspace/parts-hub.ts";

export interface CorePartsOptions {
  homePath: string;
  version: string;
  /** The folder with the Python side: `electron/trainer`, or its copy in a packaged app. */
  trainerPath: string;
  /** The folder with the team's migrations and what they promise: `supabase`, or its copy. */
  supabasePath: string;
  /** Where the bundle keeps the import worker; from source it is found by itself. */
  importWorkerUrl?: URL;
  env: NodeJS.ProcessEnv;
  /** Encrypts the tokens of sessions; without it they lie in files that their owner alone may read. */
  secretBox?: SecretBox | null;
  /** For tests of what takes long: other timings, a played restart, leases of their own. */
  runs?: Partial<Pick<OpenJobSupervisorOptions, "timings" | "bootId" | "leasesPath">>;
}

/** What the core answers itself, whichever file is open. */
export type CoreMethod =
  | "app.info"
  | "files.choose"
  | "settings.chooseLlamaCpp"
  | "sample.train"
  | "sample.status"
  | "supabase.checkProject"
  | AccountMethod;

export interface CoreParts {
  /** What the parts answer; the rest is the core's own. */
  handlers: Handlers<Exclude<Method, CoreMethod>>;
  /** Work that would be lost if the parts were closed now, in words; null where there is none. */
  busyWith(): string | null;
  /** The session has ended, or a new one has begun. */
  sessionChanged(): void;
  /** Resolves when what the runs did while no app was there is in the store. */
  caughtUp(): Promise<void>;
}

const GPU_INTERVAL_MS = 2000;

/** Constructs the parts of the core, each handed what it needs. `closers` end them in reverse. */
export function openCoreParts(
  options: CorePartsOptions,
  base: {
    account: OpenAccount | null;
    store: Store;
    hub: PartsHub;
    files: FileRegister;
    /** What jobs that are made here say of where they run. */
    workstation: string;
    log: Log;
  },
  closers: (() => void | Promise<void>)[],
): CoreParts {
  const { homePath, trainerPath, env } = options;
  const { account, store, hub, files, workstation, log } = base;
  const shared = {
    homePath,
    trainerPath,
    env,
    store,
    log,
    publish: hub.publish,
    now: () => new Date(),
    createId: () => randomUUID(),
  };

  const settings = openSettings(shared);
  const gpus = openGpuMonitor({
    ...shared,
    watch: (topic, watcher) => hub.watch(topic, watcher),
    intervalMs: GPU_INTERVAL_MS,
    jobOfPid: (pid) => jobs.jobOfPid(pid),
  });
  closers.push(() => gpus.close());
  const python = openPythonEnvironment({
    ...shared,
    settings,
    gpus: () => gpus.report(),
    inUseBy: () =>
      trainingJob(jobs) ?? (exports.isRunning() ? "an adapter is being exported with it" : null),
  });
  closers.push(() => python.close());
  const models = openModelLibrary({ ...shared, settings, pythonFor: () => python.ready() });
  closers.push(() => models.close());
  const pauses = new DiskPauseStore(store);
  const notices = openNotices({
    ...shared,
    hooks: () => settings.get().noticeHooks,
    setHooks: (noticeHooks) => void settings.update({ noticeHooks }),
    // The health watch has told why.
    isSilent: (id, { to }) => to === "stopped" && pauses.find(id)?.state === "stopping",
  });
  closers.push(() => notices.close());
  const datasets = openDatasetLibrary({
    ...shared,
    resolveFile: files.resolve,
    samplePath: join(trainerPath, "samples", "sample.jsonl"),
    onImportEnd: (dataset) => notices.addOfDataset(dataset),
    isNamedByOthers: (sha256) => isNamedByOthers(homePath, account?.id ?? null, sha256),
    ...(options.importWorkerUrl === undefined ? {} : { workerUrl: options.importWorkerUrl }),
  });
  closers.push(() => datasets.close());
  const health = openHealthWatch({
    ...shared,
    jobs: watchedJobs(() => jobs),
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
    gpus: { ...gpus, faults: () => gpus.requests["gpus.faults"]({}, "local") },
    addNotice: (draft) => notices.add(draft),
  });
  const jobs: Jobs = openJobSupervisor({
    ...shared,
    workstation,
    appVersion: options.version,
    pythonFor: () => python.ready(),
    findDataset: (id) => datasets.findReady(id),
    findModel: (id) => models.find(id),
    gpus: () => gpus.report(),
    processesOn: (uuid) => gpus.processesOn(uuid),
    gpuFaults: () => gpus.requests["gpus.faults"]({}, "local") as GpuFault[],
    stopGraceSeconds: () => settings.get().stopGraceSeconds,
    reasonToWait: (id) => health.reasonToWait(id),
    runOfOthers: (id) => runOfOthers(homePath, account?.id ?? null, id),
    onTransitions: (id, transitions) => notices.addOfJob(id, transitions),
    ...options.runs,
  });
  closers.push(() => jobs.close());
  closers.push(() => health.close());
  jobs
    .caughtUp()
    .then(() => health.start())
    .catch((error: unknown) => log("Runs are not watched over", { error: String(error) }));
  const runs = runSources(jobs.requests, () => gpus.report());
  const onJobChanged = (listener: (job: Job) => void) => hub.subscribe("jobs.changed", listener);
  const costs = openCosts({ ...shared, ...runs, settings, onJobChanged });
  closers.push(() => costs.close());
  const preflight = openPreflight({
    ...shared,
    runs,
    costs,
    onJobChanged,
    appVersion: options.version,
    report: () => gpus.report(),
    pythonFor: (signal) => python.ready(signal),
    findDataset: (id) => datasets.requests["datasets.get"]({ id }, "local"),
    findFile: (id) => datasets.findReady(id),
    findModel: (id) => models.find(id),
    ...(options.runs?.leasesPath === undefined ? {} : { leasesPath: options.runs.leasesPath }),
  });
  closers.push(() => preflight.close());
  const tokens = openTokenInspector({
    ...shared,
    pythonFor: (signal) => python.ready(signal),
    findDataset: (id) => datasets.findReady(id),
    findModel: (id) => models.find(id),
    copyRows: (id, rows, folder) => datasets.copyRows(id, rows, folder),
  });
  closers.push(() => tokens.close());
  const exports: Exports = openExports({
    ...shared,
    settings,
    pythonFor: (signal) => python.ready(signal),
    findAdapter: (id) => findAdapter(jobs, id),
  });
  closers.push(() => exports.close());
  const sync = openSyncParts(
    { ...shared, account, hub, workstation, datasets, jobs, notices },
    closers,
  );

  return {
    handlers: {
      ...settings.requests,
      ...gpus.requests,
      ...python.requests,
      ...models.requests,
      ...datasets.requests,
      ...tokens.requests,
      ...jobs.requests,
      // What a run has cost outlasts it: the books are closed before its files go.
      "jobs.delete": async (params, caller) => {
        await costs.settle(params.id);
        const done = await jobs.requests["jobs.delete"](params, caller);
        // A copy of another machine's job is elsewhere again.
        hub.publish("elsewhere.changed", {});
        return done;
      },
      ...costs.requests,
      ...preflight.requests,
      ...exports.requests,
      ...notices.requests,
      ...sync.requests,
    },
    busyWith: () => busyWith({ datasets: datasets.requests, python: python.requests, exports }),
    sessionChanged: () => sync.sessionChanged(),
    caughtUp: () => jobs.caughtUp(),
  };
}

/** An adapter with the base model that its job was trained on. */
async function findAdapter({ requests }: Jobs, id: string) {
  const artifact = await requests["artifacts.get"]({ id }, "local");
  const job = await requests["jobs.get"]({ id: artifact.jobId }, "local");
  return { artifact, base: job.baseModel };
}

/** Who would be hurt if the environment were removed now. */
function trainingJob({ requests }: Jobs): string | null {
  const all = requests["jobs.list"]({}, "local") as Job[];
  const job = all.find(({ status }) => ["preparing", "running", "stopping"].includes(status));
  return job === undefined ? null : `the run “${job.name}” is training with it`;
}
