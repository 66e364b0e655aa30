import type { GpuHistoryPoint } from "../../shared/contract/gpus.ts";
import type { Row, Store } from "../store/open-store.ts";
import type { Level, LevelsOfMinute } from "./levels-of-minute.ts";

const MINUTE_MS = 60_000;

/** A minute that was begun before a restart goes on: means weigh by their samples. */
const merged = (mean: string, peak: string): string => `
  ${mean} = CASE
    WHEN excluded.${mean} IS NULL THEN gpu_history.${mean}
    WHEN gpu_history.${mean} IS NULL THEN excluded.${mean}
    ELSE (gpu_history.${mean} * gpu_history.samples + excluded.${mean} * excluded.samples)
      / (gpu_history.samples + excluded.samples) END,
  ${peak} = CASE
    WHEN excluded.${peak} IS NULL THEN gpu_history.${peak}
    WHEN gpu_history.${peak} IS NULL THEN excluded.${peak}
    ELSE max(gpu_history.${peak}, excluded.${peak}) END`;

const ADD = `
INSERT INTO gpu_history (gpu_uuid, minute, samples, utilization_percent, utilization_peak_percent,
  memory_used_mb, memory_peak_mb, temperature_c, temperature_peak_c, power_w, power_peak_w)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (gpu_uuid, minute) DO UPDATE SET
  ${merged("utilization_percent", "utilization_peak_percent")},
  ${merged("memory_used_mb", "memory_peak_mb")},
  ${merged("temperature_c", "temperature_peak_c")},
  ${merged("power_w", "power_peak_w")},
  samples = gpu_history.samples + excluded.samples`;

const weighted = (mean: string): string =>
  `sum(${mean} * samples) / sum(CASE WHEN ${mean} IS NOT NULL THEN samples END) AS ${mean}`;

const READ = `
SELECT minute / CAST(?1 AS INTEGER) * CAST(?1 AS INTEGER) AS first_minute,
  ${weighted("utilization_percent")}, max(utilization_peak_percent) AS utilization_peak_percent,
  ${weighted("memory_used_mb")}, max(memory_peak_mb) AS memory_peak_mb,
  ${weighted("temperature_c")}, max(temperature_peak_c) AS temperature_peak_c,
  ${weighted("power_w")}, max(power_peak_w) AS power_peak_w
FROM gpu_history WHERE gpu_uuid = ?2 AND minute >= ?3 GROUP BY first_minute ORDER BY first_minute`;

/** The minutes of every GPU, in the store. */
export class GpuHistoryStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add(minutes: readonly { uuid: string; levels: LevelsOfMinute }[]): void {
    this.#store.transaction(() => {
      const insert = this.#store.prepare(ADD);
      for (const { uuid, levels } of minutes) {
        const { utilizationPercent, memoryUsedMb, temperatureC, powerW } = levels.levels();
        const columns = [utilizationPercent, memoryUsedMb, temperatureC, powerW].flatMap(both);
        insert.run(uuid, levels.minute, levels.samples, ...columns);
      }
    });
  }

  /** One point per `minutesPerPoint`; none where nothing was sampled. */
  points(uuid: string, sinceMinute: number, minutesPerPoint: number): GpuHistoryPoint[] {
    return this.#store.prepare(READ).all(minutesPerPoint, uuid, sinceMinute).map(toPoint);
  }

  removeBefore(minute: number): void {
    this.#store.prepare("DELETE FROM gpu_history WHERE minute < ?").run(minute);
  }
}

function both(level: Level | null): [number | null, number | null] {
  return [level?.mean ?? null, level?.peak ?? null];
}

function toPoint(row: Row): GpuHistoryPoint {
  return {
    at: new Date(Number(row["first_minute"]) * MINUTE_MS).toISOString(),
    utilizationPercent: numberOrNull(row["utilization_percent"]),
    utilizationPeakPercent: numberOrNull(row["utilization_peak_percent"]),
    memoryUsedMb: numberOrNull(row["memory_used_mb"]),
    memoryPeakMb: numberOrNull(row["memory_peak_mb"]),
    temperatureC: numberOrNull(row["temperature_c"]),
    temperaturePeakC: numberOrNull(row["temperature_peak_c"]),
    powerW: numberOrNull(row["power_w"]),
    powerPeakW: numberOrNull(row["power_peak_w"]),
  };
}

function numberOrNull(value: Row[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
