import { performance } from "node:perf_hooks";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish, Topic } from "../../shared/contract/contract.ts";
import type { GpuFault, GpuProcess, GpuReport } from "../../shared/contract/gpus.ts";
import type { Store } from "../store/open-store.ts";
import { createDriverWords } from "./driver-words.ts";
import { GpuFaultWatch } from "./gpu-faults.ts";
import { GpuFeed } from "./gpu-feed.ts";
import { GpuHistoryRecorder } from "./gpu-history.ts";
import { GpuHistoryStore } from "./gpu-history-store.ts";
import { GpuProcessList } from "./gpu-processes.ts";
import { type GpuSample, GpuSamples } from "./gpu-samples.ts";
import { createHostLoad } from "./host-load.ts";
import { createNvidiaSmi, nvidiaSmiCommands } from "./nvidia-smi.ts";
import { createNvidiaSmiLoop } from "./nvidia-smi-loop.ts";
import { createGpuQuestion, type GpuQueryAnswer } from "./query-gpus.ts";
import { ReportPublisher } from "./report-publisher.ts";
import { wait } from "./wait.ts";

/** How old a list of programs may be before it is asked for anew. */
const PROCESS_INTERVAL_MS = 10_000;
/** Without persistence mode the driver wakes each GPU first: seconds on a server with eight. */
const ANSWER_TIMEOUT_MS = 10_000;
const LONGEST_CLOSE_MS = 1500;

export interface GpuMonitor {
  readonly requests: Handlers<"gpus.report" | "gpus.history" | "gpus.faults">;
  /** The latest sample while GPUs are watched; else a fresh one, or the one that is being taken. */
  report(): Promise<GpuReport>;
  /**
   * Keeps sampling although nobody listens, as for a run that trains.
   *
   * @returns how to let go; letting go again does nothing.
   */
  keepWatching(): () => void;
  /**
   * Hears every sample that the driver gives, and nothing where it gives none: what lies between
   * two that are far apart is not known. Returns how to stop hearing.
   */
  onSample(listener: (sample: GpuSample) => void): () => void;
  /** Hears every Xid error that happens while GPUs are watched, once. Returns how to stop. */
  onFault(listener: (fault: GpuFault) => void): () => void;
  /** Who computes on this GPU right now, freshly asked; null when the driver does not tell. */
  processesOn(uuid: string): Promise<GpuProcess[] | null>;
  /** Settles when the resident nvidia-smi is gone; one that hangs in the kernel is not waited for. */
  close(): Promise<void>;
}

export interface GpuMonitorOptions {
  publish: Publish;
  /** Says now and later whether anyone listens to the topic; returns how to stop saying so. */
  watch: (topic: Topic, watcher: (isHeard: boolean) => void) => () => void;
  store: Store;
  now: () => Date;
  /** Between two samples while anyone listens or a run trains. */
  intervalMs: number;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** The run of ours that a process belongs to; without it every process is foreign. */
  jobOfPid?: (pid: number) => string | null;
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  nvidiaSmiTimeoutMs?: number;
  /** Where nvidia-smi may be; the default knows each platform's places. */
  nvidiaSmiCommands?: readonly string[];
  kernelLogPath?: string;
}

/** Watches GPUs and host: on request, and without a pause while anyone needs to know. */
export function openGpuMonitor(options: GpuMonitorOptions): GpuMonitor {
  const { publish, now, intervalMs, log, jobOfPid = () => null } = options;
  const env = options.env ?? process.env;
  const platform = options.platform ?? process.platform;
  const commands = options.nvidiaSmiCommands ?? nvidiaSmiCommands(platform, env);
  const timeoutMs = options.nvidiaSmiTimeoutMs ?? ANSWER_TIMEOUT_MS;
  const closing = new AbortController();
  const nvidiaSmi = createNvidiaSmi({ env, commands, timeoutMs, signal: closing.signal });
  const question = createGpuQuestion(nvidiaSmi);
  const processes = new GpuProcessList(nvidiaSmi, () => performance.now());
  const samples = new GpuSamples({ processes, jobOfPid, now, log });
  const history = new GpuHistoryRecorder({
    store: new GpuHistoryStore(options.store),
    intervalMs,
    log,
  });
  const hostLoad = createHostLoad();
  const describeDriver = createDriverWords(platform, log);
  const faultListeners = new Set<(fault: GpuFault) => void>();
  const faults = new GpuFaultWatch({
    env,
    platform,
    now,
    log,
    uuidAt: (pci) => samples.known.uuidAt(pci),
    onFault(fault) {
      log("GPU fault", fault);
      publish("gpus.fault", fault);
      for (const listener of faultListeners) listener(fault);
    },
    ...(options.kernelLogPath === undefined ? {} : { kernelLogPath: options.kernelLogPath }),
  });
  let asking: Promise<GpuReport> | null = null;
  let isHeard = false;
  const keepers = new Set<symbol>();

  const compose = async (answer: GpuQueryAnswer): Promise<GpuReport> => {
    const [driver, cpu] = await Promise.all([describeDriver(answer), hostLoad()]);
    const gpus = driver.state === "ready" ? samples.gpus() : [];
    // Where a sample is overdue, its figures keep their time.
    const sampledAt = (gpus.length > 0 ? samples.latest?.at : undefined) ?? now();
    return { driver, gpus, cpu, sampledAt: sampledAt.toISOString() };
  };

  const ask = async (): Promise<GpuReport> => {
    const answer = await question.ask();
    samples.take(answer);
    if (answer.kind === "answered" && processes.ageMs > PROCESS_INTERVAL_MS) {
      await processes.refresh();
    }
    return compose(answer);
  };

  const report = (): Promise<GpuReport> => {
    if (closing.signal.aborted) {
      return Promise.reject(new AppError("unavailable", "LoRA Desk is closing."));
    }
    const { latest } = samples;
    const isFresh = feed.isRunning && samples.ageMs < 2.5 * intervalMs;
    if (latest !== null && (isFresh || feed.isStuck)) return compose(latest.answer);
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };

  const publisher = new ReportPublisher({
    compose: () => (samples.latest === null ? report() : compose(samples.latest.answer)),
    publish: (fresh) => publish("gpus.changed", fresh),
    intervalMs,
    log,
  });

  const feed = new GpuFeed({
    question,
    startLoop: createNvidiaSmiLoop({ env, commands }),
    intervalMs,
    log,
    onAnswer(answer) {
      samples.take(answer);
      if (answer.kind !== "not_installed") faults.start();
      if (answer.kind === "answered" && processes.ageMs > PROCESS_INTERVAL_MS) {
        void processes.refresh().then(() => publisher.publishSoon());
      }
      publisher.publishSoon();
    },
  });
  samples.listen((sample, gpus) => history.add(new Date(sample.at), gpus));

  const update = (): void => {
    if (isHeard || keepers.size > 0) {
      feed.start();
      return;
    }
    void feed.stop();
    faults.stop();
  };

  const unwatch = options.watch("gpus.changed", (heard) => {
    isHeard = heard;
    publisher.setHeard(heard);
    update();
    if (heard && samples.ageMs < intervalMs) publisher.publishSoon();
  });

  return {
    requests: {
      "gpus.report": report,
      "gpus.history": ({ uuid, minutes }) => history.read(uuid, minutes, now()),
      "gpus.faults": () => faults.list(),
    },
    report,
    keepWatching() {
      const keeper = Symbol("keeper");
      if (!closing.signal.aborted) keepers.add(keeper);
      update();
      return () => {
        if (keepers.delete(keeper)) update();
      };
    },
    onSample: (listener) => samples.listen((sample) => listener(sample)),
    onFault(listener) {
      faultListeners.add(listener);
      return () => faultListeners.delete(listener);
    },
    async processesOn(uuid) {
      const byGpu = await processes.refresh();
      if (byGpu === null) return null;
      return (byGpu.get(uuid) ?? []).map((one) => ({ ...one, jobId: jobOfPid(one.pid) }));
    },
    async close() {
      unwatch();
      isHeard = false;
      keepers.clear();
      publisher.setHeard(false);
      closing.abort();
      faults.stop();
      const stopped = feed.stop();
      history.flush();
      await Promise.race([stopped, wait(LONGEST_CLOSE_MS, new AbortController().signal)]);
    },
  };
}
