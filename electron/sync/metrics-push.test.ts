import { expect, it } from "vitest";
import { stepPoint } from "../jobs/fixtures/metrics-bench.ts";
import { MetricsStore } from "../jobs/metrics-store.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { addDataset, addJob } from "./fixtures/sync-bench.ts";
import { LoneFailures } from "./lone-failures.ts";
import { MOST_BLOCKS, pushMetrics } from "./metrics-push.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";
import { enableSync } from "./outbox-adoption.ts";
import { RequestSize } from "./request-size.ts";
import { type CurvePoint, type MetricsAnswer, ServerFault } from "./team-server.ts";

type Take = (points: readonly CurvePoint[]) => MetricsAnswer[];

function openBench(): { store: Store; job: string; metrics: MetricsStore } {
  const store = openStore({ path: ":memory:", log: () => undefined });
  const job = addJob(store, addDataset(store));
  enableSync(store, { userId: "user", projectUrl: "http://project.example" });
  // The job itself is at the project.
  store.prepare("DELETE FROM sync_outbox").run();
  return { store, job, metrics: new MetricsStore(store) };
}

async function push({ store, metrics }: ReturnType<typeof openBench>, take: Take) {
  const unused = () => Promise.reject(new Error("not asked for here"));
  await pushMetrics(
    {
      metrics: new MetricsPushStore(store),
      server: {
        pushChanges: unused,
        pullChanges: unused,
        pushMetrics: (points) => Promise.resolve().then(() => take(points)),
      },
      metricsRows: (jobId, from, to) => metrics.unnamedRows(jobId, from, to),
      blocksAtOnce: new RequestSize(MOST_BLOCKS),
      loneFailures: new LoneFailures(),
      onPointsTaken: () => undefined,
      mayGoOn: () => true,
    },
    new AbortController().signal,
  );
}

const applied = (points: readonly CurvePoint[]): MetricsAnswer[] =>
  points.slice(0, 1).map((point) => ({
    job_id: point.job_id,
    outcome: "applied",
    points: points.length,
  }));

it("sends all points of a curve once, and afterwards only what is new", async () => {
  const bench = openBench();
  const steps: number[] = [];
  const take: Take = (points) => {
    steps.push(...points.map(({ step }) => step));
    return applied(points);
  };
  const curve = Array.from({ length: 12_000 }, (_, step) => stepPoint(step, 1));
  bench.metrics.save(bench.job, curve);
  await push(bench, take);
  expect(steps.toSorted((a, b) => a - b)).toEqual(curve.map(({ step }) => step));
  expect(new MetricsPushStore(bench.store).waitingPoints()).toBe(0);
  steps.length = 0;
  bench.metrics.save(bench.job, [stepPoint(12_000, 1), stepPoint(12_001, 1)]);
  expect(new MetricsPushStore(bench.store).waitingPoints()).toBe(2);
  await push(bench, take);
  expect(steps).toEqual([12_000, 12_001]);
  bench.store.close();
});

it("confirms nothing of a request that arrived cut short", async () => {
  const bench = openBench();
  bench.metrics.save(bench.job, [stepPoint(1, 1), stepPoint(2, 1), stepPoint(200, 1)]);
  const short = push(bench, (points) => applied(points.slice(0, 2)));
  await expect(short).rejects.toMatchObject({ kind: "unreachable" });
  expect(new MetricsPushStore(bench.store).waitingPoints()).toBe(3);
  await push(bench, applied);
  expect(new MetricsPushStore(bench.store).waitingPoints()).toBe(0);
  bench.store.close();
});

it("sends a block again that got points while it was on its way", async () => {
  const bench = openBench();
  bench.metrics.save(bench.job, [stepPoint(1, 1)]);
  const sent: number[][] = [];
  await push(bench, (points) => {
    if (sent.length === 0) bench.metrics.save(bench.job, [stepPoint(2, 1)]);
    sent.push(points.map(({ step }) => step));
    return applied(points);
  });
  expect(sent).toEqual([[1], [1, 2]]);
  bench.store.close();
});

it("finds the block that is refused, and blames none where the project refuses everything", async () => {
  const bench = openBench();
  const steps = Array.from({ length: 5 * 128 }, (_, step) => stepPoint(step, 1));
  bench.metrics.save(bench.job, steps);
  const refused = () => {
    throw new ServerFault("refused", "no");
  };
  await expect(push(bench, refused)).rejects.toMatchObject({ kind: "refused" });
  expect(new MetricsPushStore(bench.store).refusals()).toEqual([]);
  await push(bench, (points) =>
    points.some(({ step }) => step === 300) ? refused() : applied(points),
  );
  expect(new MetricsPushStore(bench.store).refusals()).toEqual([
    { jobName: "First run", points: 128, error: "no" },
  ]);
  bench.store.close();
});

const rejectedFor =
  (isBad: (step: number) => boolean, reason = "constraint"): Take =>
  (points) =>
    points.some(({ step }) => isBad(step))
      ? points.slice(0, 1).map((point) => ({
          job_id: point.job_id,
          outcome: "rejected",
          reason,
          message: "step is too large",
        }))
      : applied(points);

it("sets aside the block of a point that is refused, and sends the rest of the curve", async () => {
  const bench = openBench();
  const stored = new MetricsPushStore(bench.store);
  bench.metrics.save(
    bench.job,
    Array.from({ length: 60 * 128 }, (_, step) => stepPoint(step, 1)),
  );
  const sent = new Set<number>();
  const take: Take = (points) => {
    const answers = rejectedFor((step) => step === 3000)(points);
    if (answers[0]?.outcome === "applied") for (const { step } of points) sent.add(step);
    return answers;
  };
  await push(bench, take);
  expect(stored.refusals()).toEqual([
    { jobName: "First run", points: 128, error: "step is too large" },
  ]);
  expect(sent.size).toBe(59 * 128);
  // What comes later goes, too; what was refused is left alone until it changes or is asked for.
  bench.metrics.save(bench.job, [stepPoint(60 * 128, 1)]);
  await push(bench, take);
  expect([sent.size, stored.waitingPoints()]).toEqual([59 * 128 + 1, 128]);
  bench.metrics.save(bench.job, [stepPoint(3000, 0.5)]);
  await push(bench, applied);
  expect([stored.refusals(), stored.waitingPoints()]).toEqual([[], 0]);
  bench.store.close();
});

it("sends what was refused and has changed by itself, so that it holds up nothing", async () => {
  const bench = openBench();
  bench.metrics.save(
    bench.job,
    Array.from({ length: 3 * 128 }, (_, step) => stepPoint(step, 1)),
  );
  const take = rejectedFor((step) => step === 10);
  await push(bench, take);
  bench.metrics.save(bench.job, [stepPoint(11, 0.5), stepPoint(130, 0.5), stepPoint(384, 1)]);
  const requests: number[] = [];
  await push(bench, (points) => {
    requests.push(points.length);
    return take(points);
  });
  expect(requests).toEqual([128, 129]);
  bench.store.close();
});

it("leaves the whole curve alone where its job is what is wrong", async () => {
  const bench = openBench();
  bench.metrics.save(
    bench.job,
    Array.from({ length: 300 }, (_, step) => stepPoint(step, 1)),
  );
  let requests = 0;
  await push(bench, (points) => {
    requests += 1;
    return rejectedFor(() => true, "missing_reference")(points);
  });
  expect(requests).toBe(1);
  const stored = new MetricsPushStore(bench.store);
  expect(stored.refusals()).toMatchObject([{ points: 300 }]);

  // Then this machine hears that the job was deleted at the project, and keeps it for itself.
  bench.store.prepare("INSERT INTO sync_kept_local VALUES ('training_jobs', ?)").run(bench.job);
  expect([stored.refusals(), stored.waitingPoints()]).toEqual([[], 0]);
  bench.store.close();
});
