import type { GpuHistory, GpuHistoryPoint } from "../../shared/contract/gpus.ts";
import { MOST_HISTORY_MINUTES } from "../../shared/contract/gpus.ts";
import type { GpuFigures } from "./gpu-fields.ts";
import type { GpuHistoryStore } from "./gpu-history-store.ts";
import { LevelsOfMinute } from "./levels-of-minute.ts";

const MINUTE_MS = 60_000;
const RECENT_MINUTES = 10;
/** A month's minutes are summed up to about this many points. */
const MOST_POINTS = 1440;
const MINUTES_BETWEEN_PRUNINGS = 60;

export interface GpuHistoryOptions {
  store: GpuHistoryStore;
  intervalMs: number;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** Every sample of the last ten minutes in memory, and a month's minutes in the store. */
export class GpuHistoryRecorder {
  readonly #options: GpuHistoryOptions;
  readonly #recent = new Map<string, GpuHistoryPoint[]>();
  #minutes = new Map<string, LevelsOfMinute>();
  #prunedAtMinute = Number.NEGATIVE_INFINITY;

  constructor(options: GpuHistoryOptions) {
    this.#options = options;
  }

  /** A GPU without a UUID has no history: nothing tells it from another. */
  add(at: Date, gpus: readonly GpuFigures[]): void {
    const minute = Math.floor(at.getTime() / MINUTE_MS);
    const hasEnded = [...this.#minutes.values()].some((levels) => levels.minute !== minute);
    if (hasEnded) this.flush();
    for (const gpu of gpus) {
      if (gpu.uuid === null || gpu.isLost) continue;
      if (!this.#remember(gpu.uuid, at, gpu)) continue;
      const levels = this.#minutes.get(gpu.uuid) ?? new LevelsOfMinute(minute);
      levels.add(gpu);
      this.#minutes.set(gpu.uuid, levels);
    }
  }

  read(uuid: string, minutes: number, now: Date): GpuHistory {
    const since = now.getTime() - minutes * MINUTE_MS;
    if (minutes <= RECENT_MINUTES) {
      const points = this.#recent.get(uuid) ?? [];
      return {
        uuid,
        intervalMs: this.#options.intervalMs,
        points: points.filter(({ at }) => Date.parse(at) >= since),
      };
    }
    this.flush();
    const minutesPerPoint = Math.ceil(minutes / MOST_POINTS);
    return {
      uuid,
      intervalMs: minutesPerPoint * MINUTE_MS,
      points: this.#options.store.points(uuid, Math.floor(since / MINUTE_MS), minutesPerPoint),
    };
  }

  /** Stores the minutes that are gathered so far. A store that cannot take them costs only them. */
  flush(): void {
    const minutes = [...this.#minutes].map(([uuid, levels]) => ({ uuid, levels }));
    this.#minutes = new Map();
    const [first] = minutes;
    if (first === undefined) return;
    const { store, log } = this.#options;
    try {
      store.add(minutes);
      const { minute } = first.levels;
      if (Math.abs(minute - this.#prunedAtMinute) < MINUTES_BETWEEN_PRUNINGS) return;
      this.#prunedAtMinute = minute;
      store.removeBefore(minute - MOST_HISTORY_MINUTES);
    } catch (error) {
      log("GPU history could not be stored", { error: String(error) });
    }
  }

  /** @returns whether it is far enough from the sample before: a loop's first follows the question's. */
  #remember(uuid: string, at: Date, gpu: GpuFigures): boolean {
    const time = at.getTime();
    const oldest = time - RECENT_MINUTES * MINUTE_MS;
    // A clock that was set back would leave points in the future.
    const points = (this.#recent.get(uuid) ?? []).filter((point) => {
      const pointTime = Date.parse(point.at);
      return pointTime >= oldest && pointTime <= time;
    });
    this.#recent.set(uuid, points);
    const last = points.at(-1);
    if (last !== undefined && time - Date.parse(last.at) < this.#options.intervalMs / 2)
      return false;
    const { utilizationPercent, memoryUsedMb, temperatureC, powerW } = gpu;
    points.push({
      at: at.toISOString(),
      utilizationPercent,
      utilizationPeakPercent: utilizationPercent,
      memoryUsedMb,
      memoryPeakMb: memoryUsedMb,
      temperatureC,
      temperaturePeakC: temperatureC,
      powerW,
      powerPeakW: powerW,
    });
    return true;
  }
}
