import { openGpuBlockReader } from "./gpu-block-reader.ts";
import { queryArguments } from "./gpu-fields.ts";
import type { LoopEnd, StartNvidiaSmiLoop } from "./nvidia-smi-loop.ts";
import type { GpuQueryAnswer, GpuQuestion } from "./query-gpus.ts";
import { wait } from "./wait.ts";

/*
 *   ask ──answered──> loop ──a sample each interval──┐
 *    ▲                 │  ▲──────────────────────────┘
 *    │   ended, silent │
 *    └── wait 1…60 s <─┘        not answered: wait too
 *
 * One question comes first, because its answer shows which fields the driver knows and, where
 * something is wrong, its exit code says what. A driver whose nvidia-smi cannot loop is asked once
 * per interval instead.
 */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const SHORTEST_SILENCE_MS = 10_000;
/** A loop that got this far was sound: what ended it is a new trouble. */
const SOUND_LOOP_SAMPLES = 5;
/** Loops in a row without a single sample, before single questions take their place. */
const MOST_FRUITLESS_LOOPS = 3;

export interface GpuFeedOptions {
  question: GpuQuestion;
  startLoop: StartNvidiaSmiLoop;
  intervalMs: number;
  onAnswer: (answer: GpuQueryAnswer) => void;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** Samples the GPUs every `intervalMs` from `start` to `stop`, by one resident nvidia-smi. */
export class GpuFeed {
  readonly #options: GpuFeedOptions;
  readonly #silenceMs: number;
  #stopping: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();
  #canLoop = true;
  #isStuck = false;

  constructor(options: GpuFeedOptions) {
    this.#options = options;
    this.#silenceMs = Math.max(SHORTEST_SILENCE_MS, 5 * options.intervalMs);
  }

  get isRunning(): boolean {
    return this.#stopping !== null;
  }

  /** A loop fell silent and its process is not gone yet: asking again would only hang too. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  start(): void {
    if (this.#stopping !== null) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    // Never two loops at once, even when one is stopped and the next started in a breath.
    this.#ended = this.#ended.then(() => this.#run(stopping.signal));
  }

  /** Settles when the process is gone. */
  stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = null;
    return this.#ended;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { question, intervalMs, onAnswer, log } = this.#options;
    let waitMs = FIRST_WAIT_MS;
    let fruitless = 0;
    this.#canLoop = true;
    while (!signal.aborted) {
      const answer = await question.ask().catch(asFailure);
      if (signal.aborted) return;
      onAnswer(answer);
      if (answer.kind === "answered" && !this.#canLoop) {
        waitMs = FIRST_WAIT_MS;
        await wait(intervalMs, signal);
        continue;
      }
      if (answer.kind === "answered") {
        const { end, samples, isSilent } = await this.#follow(signal);
        if (signal.aborted) return;
        fruitless = samples === 0 ? fruitless + 1 : 0;
        if (samples >= SOUND_LOOP_SAMPLES) waitMs = FIRST_WAIT_MS;
        log("nvidia-smi stopped sampling", { ...end, samples, isSilent });
        if (isRefusal(end, samples) || fruitless === MOST_FRUITLESS_LOOPS) {
          this.#canLoop = false;
          log("nvidia-smi cannot loop here: it is asked once per sample");
          continue;
        }
      }
      await wait(waitMs, signal);
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    }
  }

  async #follow(
    signal: AbortSignal,
  ): Promise<{ end: LoopEnd; samples: number; isSilent: boolean }> {
    const { question, startLoop, intervalMs, onAnswer } = this.#options;
    const fields = question.fields();
    let samples = 0;
    let isSilent = false;
    let watchdog: NodeJS.Timeout | undefined;
    const reader = openGpuBlockReader(fields, (block) => {
      samples += 1;
      watch();
      onAnswer({ kind: "answered", ...block });
    });
    const args = [...queryArguments(fields), "-lms", String(intervalMs)];
    let isOver = false;
    const loop = startLoop(args, (line) => {
      if (!isOver) reader.line(line);
    });
    const stop = (): void => {
      isOver = true;
      clearTimeout(watchdog);
      reader.close();
      loop.stop();
    };
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        isSilent = true;
        this.#isStuck = true;
        stop();
        onAnswer({ kind: "hung", timeoutMs: this.#silenceMs });
      }, this.#silenceMs);
      watchdog.unref();
    };
    watch();
    signal.addEventListener("abort", stop);
    const end = await loop.ended.catch((error: unknown): LoopEnd => ({
      kind: "exited",
      exitCode: null,
      text: String(error),
    }));
    this.#isStuck = false;
    signal.removeEventListener("abort", stop);
    stop();
    return { end, samples, isSilent };
  }
}

/** Bad usage is exit code 2; older programs say so with 1. */
function isRefusal(end: LoopEnd, samples: number): boolean {
  if (samples > 0 || end.kind !== "exited") return false;
  return (
    end.exitCode === 2 || /not recogni[sz]ed|invalid (combination|option|argument)/i.test(end.text)
  );
}

function asFailure(error: unknown): GpuQueryAnswer {
  return { kind: "failed", exitCode: null, text: String(error) };
}
