import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gpuHistorySchema } from "../../shared/contract/gpus.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { EVERY_FIELD, type GpuFigures, parseGpuRow } from "./gpu-fields.ts";
import { GpuHistoryRecorder } from "./gpu-history.ts";
import { GpuHistoryStore } from "./gpu-history-store.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const logged: string[] = [];
let store: Store;

beforeEach(() => {
  store = openStore({ path: ":memory:", log: () => undefined });
  logged.length = 0;
});
afterEach(() => store.close());

function recorder(): GpuHistoryRecorder {
  return new GpuHistoryRecorder({
    store: new GpuHistoryStore(store),
    intervalMs: 2 * SECOND,
    log: (message) => logged.push(message),
  });
}

function gpu(figures: Partial<GpuFigures>): GpuFigures {
  const line =
    "0, GPU-0, 00000000:00:00.0, NVIDIA L4, 550.54, 23034, 100, 50, 30, 60, 72.00, 1, 210, 6251, [N/A], Disabled";
  const row = parseGpuRow(line, EVERY_FIELD);
  if (row === null) throw new Error("No GPU in the line");
  return { ...row.gpu, ...figures };
}

const at = (afterMs: number) => new Date(START + afterMs);

describe("the last ten minutes", () => {
  test("hold every sample, and gaps where there was none", () => {
    const history = recorder();
    for (const second of [0, 2, 4, 300, 302]) {
      history.add(at(second * SECOND), [gpu({ utilizationPercent: second })]);
    }
    const read = history.read("GPU-0", 10, at(303 * SECOND));
    expect(gpuHistorySchema.safeParse(read).success).toBe(true);
    expect(read.intervalMs).toBe(2000);
    expect(read.points.map(({ utilizationPercent }) => utilizationPercent)).toEqual([
      0, 2, 4, 300, 302,
    ]);
    expect(history.read("GPU-0", 1, at(303 * SECOND)).points).toHaveLength(2);
  });

  test("leave out a sample that comes right behind another, and what is older", () => {
    const history = recorder();
    for (const ms of [0, 100, 2000, 11 * MINUTE]) history.add(at(ms), [gpu({})]);
    expect(history.read("GPU-0", 10, at(11 * MINUTE)).points.map((point) => point.at)).toEqual([
      at(11 * MINUTE).toISOString(),
    ]);
  });

  test("are not led astray by a clock that is set back", () => {
    const history = recorder();
    history.add(at(5 * MINUTE), [gpu({})]);
    history.add(at(0), [gpu({})]);
    history.add(at(2 * SECOND), [gpu({})]);
    expect(history.read("GPU-0", 10, at(3 * SECOND)).points).toHaveLength(2);
  });

  test("know nothing of a GPU without a UUID, of a lost one, and of an unknown one", () => {
    const history = recorder();
    history.add(at(0), [gpu({ uuid: null }), gpu({ uuid: "GPU-1", isLost: true })]);
    expect(history.read("GPU-1", 10, at(0)).points).toEqual([]);
    expect(history.read("GPU-9", 60, at(0)).points).toEqual([]);
  });
});

describe("a month", () => {
  test("keeps each minute's mean and peak, of what was told", () => {
    const history = recorder();
    history.add(at(0), [gpu({ utilizationPercent: 10, powerW: null })]);
    history.add(at(2 * SECOND), [gpu({ utilizationPercent: 30, powerW: 100 })]);
    history.add(at(4 * SECOND), [gpu({ utilizationPercent: 80, powerW: 50 })]);
    history.add(at(2 * MINUTE), [gpu({ utilizationPercent: 7 })]);
    const { points, intervalMs } = history.read("GPU-0", 60, at(3 * MINUTE));
    expect(intervalMs).toBe(MINUTE);
    expect(points).toMatchObject([
      {
        at: at(0).toISOString(),
        utilizationPercent: 40,
        utilizationPeakPercent: 80,
        powerW: 75,
        powerPeakW: 100,
      },
      { at: at(2 * MINUTE).toISOString(), utilizationPercent: 7 },
    ]);
  });

  test("goes on with a minute that a restart has cut in two", () => {
    const first = recorder();
    for (const second of [0, 2, 4]) {
      first.add(at(second * SECOND), [gpu({ utilizationPercent: 10, temperatureC: null })]);
    }
    first.flush();
    const second = recorder();
    second.add(at(30 * SECOND), [gpu({ utilizationPercent: 50, temperatureC: 40 })]);
    expect(second.read("GPU-0", 60, at(MINUTE)).points).toMatchObject([
      { utilizationPercent: 20, utilizationPeakPercent: 50, temperatureC: 40 },
    ]);
  });

  test("is read as at most 1,440 points, each the mean of its minutes", () => {
    const history = recorder();
    for (let minute = 0; minute < 60; minute += 1) {
      history.add(at(minute * MINUTE), [gpu({ utilizationPercent: minute })]);
    }
    const month = history.read("GPU-0", 30 * 24 * 60, at(60 * MINUTE));
    expect(month.intervalMs).toBe(30 * MINUTE);
    expect(month.points.map(({ utilizationPercent }) => utilizationPercent)).toEqual([14.5, 44.5]);
  });

  test("is forgotten after thirty days", () => {
    const history = recorder();
    history.add(at(0), [gpu({})]);
    history.add(at(31 * DAY), [gpu({})]);
    history.flush();
    const [row] = store.prepare("SELECT count(*) AS minutes FROM gpu_history").all();
    expect(row?.["minutes"]).toBe(1);
  });

  test("is not worth a failure: a store that refuses is logged, and sampling goes on", () => {
    const history = recorder();
    store.prepare("DROP TABLE gpu_history").run();
    history.add(at(0), [gpu({})]);
    history.add(at(MINUTE), [gpu({})]);
    expect(logged).toEqual(["GPU history could not be stored"]);
    expect(history.read("GPU-0", 10, at(MINUTE)).points).toHaveLength(2);
  });
});
