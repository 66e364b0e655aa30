import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish, Topic } from "../../shared/contract/contract.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { describeDriver } from "./driver-state.ts";
import { type GraphicsCard, listGraphicsCards } from "./graphics-cards.ts";
import { createHostLoad } from "./host-load.ts";
import { createNvidiaSmi, nvidiaSmiCommands } from "./nvidia-smi.ts";
import { type GpuQueryAnswer, queryGpus } from "./query-gpus.ts";

export interface GpuMonitor {
  readonly requests: Handlers<"gpus.report">;
  /** A fresh sample, or the one that is being taken. */
  report(): Promise<GpuReport>;
  close(): void;
}

export interface GpuMonitorOptions {
  publish: Publish;
  /** Says now and later whether anyone listens to the topic; returns how to stop saying so. */
  watch: (topic: Topic, watcher: (isHeard: boolean) => void) => () => void;
  now: () => Date;
  /** Pause between two samples while someone listens. */
  intervalMs: number;
  log: (message: string, details?: Record<string, unknown>) => void;
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  nvidiaSmiTimeoutMs?: number;
  /** Where nvidia-smi may be; the default knows each platform's places. */
  nvidiaSmiCommands?: readonly string[];
}

/** Samples GPUs and host: on request, and every `intervalMs` while `gpus.changed` has listeners. */
export function openGpuMonitor(options: GpuMonitorOptions): GpuMonitor {
  const { publish, now, intervalMs, log } = options;
  const env = options.env ?? process.env;
  const platform = options.platform ?? process.platform;
  const closing = new AbortController();
  const hostLoad = createHostLoad();
  const nvidiaSmi = createNvidiaSmi({
    env,
    commands: options.nvidiaSmiCommands ?? nvidiaSmiCommands(platform, env),
    // Without persistence mode the driver wakes each GPU first: seconds on a server with eight.
    timeoutMs: options.nvidiaSmiTimeoutMs ?? 10_000,
    signal: closing.signal,
  });

  let cards: Promise<GraphicsCard[]> | null = null;
  let sampling: Promise<GpuReport> | null = null;
  let lastDriver = "";
  let isHeard = false;
  let isPolling = false;
  let timer: NodeJS.Timeout | undefined;

  /** Only where no driver can speak for the cards: see `listGraphicsCards`. */
  const cardsFor = async (answer: GpuQueryAnswer): Promise<GraphicsCard[]> => {
    if (answer.kind !== "not_installed") return [];
    cards ??= listGraphicsCards();
    return cards;
  };

  const sample = async (): Promise<GpuReport> => {
    const [answer, cpu] = await Promise.all([queryGpus(nvidiaSmi), hostLoad()]);
    const driver = describeDriver(answer, await cardsFor(answer), platform);
    const key = JSON.stringify(driver);
    if (key !== lastDriver) log("GPU driver", driver);
    lastDriver = key;
    return {
      driver,
      gpus: answer.kind === "answered" ? answer.gpus : [],
      cpu,
      sampledAt: now().toISOString(),
    };
  };

  const report = (): Promise<GpuReport> => {
    if (closing.signal.aborted) {
      return Promise.reject(new AppError("unavailable", "LoRA Desk is closing."));
    }
    sampling ??= sample().finally(() => {
      sampling = null;
    });
    return sampling;
  };

  const publishSample = async (): Promise<void> => {
    try {
      const fresh = await report();
      if (isHeard) publish("gpus.changed", fresh);
    } catch (error) {
      if (!closing.signal.aborted) log("GPUs could not be sampled", { error: String(error) });
    }
  };

  /** A listener that leaves and comes back during a sample finds the same loop still going. */
  const tick = (): void => {
    if (isPolling) return;
    isPolling = true;
    void publishSample().finally(() => {
      isPolling = false;
      if (!isHeard || closing.signal.aborted) return;
      timer = setTimeout(tick, intervalMs);
      timer.unref();
    });
  };

  const unwatch = options.watch("gpus.changed", (heard) => {
    isHeard = heard;
    clearTimeout(timer);
    if (heard) tick();
  });

  return {
    requests: { "gpus.report": report },
    report,
    close() {
      isHeard = false;
      clearTimeout(timer);
      unwatch();
      closing.abort();
    },
  };
}
