import { expect, it } from "vitest";
import { stepPoint } from "../jobs/fixtures/metrics-bench.ts";
import { MetricsStore } from "../jobs/metrics-store.ts";
import { openStore } from "../store/open-store.ts";
import { addDataset, addJob } from "./fixtures/sync-bench.ts";
import { LoneFailures } from "./lone-failures.ts";
import { MOST_BLOCKS, pushMetrics } from "./metrics-push.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";
import { enableSync } from "./outbox-adoption.ts";
import { RequestSize } from "./request-size.ts";
import { type CurvePoint, type MetricsAnswer, ServerFault } from "./team-server.ts";

interface Request {
  steps: number[];
  answer: (fault?: ServerFault) => void;
}

/** A project that answers when it is told to, and a curve of some 12 requests to be sent there. */
function begin() {
  const store = openStore({ path: ":memory:", log: () => undefined });
  const jobId = addJob(store, addDataset(store));
  enableSync(store, { userId: "user", projectUrl: "http://project.example" });
  store.prepare("DELETE FROM sync_outbox").run();
  const curve = new MetricsStore(store);
  curve.save(
    jobId,
    Array.from({ length: 60_000 }, (_, step) => stepPoint(step, 1)),
  );
  const metrics = new MetricsPushStore(store);
  const open: Request[] = [];
  const unused = () => Promise.reject(new Error("not asked for here"));
  const ended = pushMetrics(
    {
      metrics,
      server: {
        pushChanges: unused,
        pullChanges: unused,
        pushMetrics: (points: readonly CurvePoint[]) =>
          new Promise<MetricsAnswer[]>((resolve, reject) => {
            open.push({
              steps: points.map(({ step }) => step),
              answer: (fault) => {
                if (fault !== undefined) reject(fault);
                else resolve([{ job_id: jobId, outcome: "applied", points: points.length }]);
              },
            });
          }),
      },
      metricsRows: (id, from, to) => curve.unnamedRows(id, from, to),
      blocksAtOnce: new RequestSize(MOST_BLOCKS),
      loneFailures: new LoneFailures(),
      onPointsTaken: () => undefined,
      mayGoOn: () => true,
    },
    new AbortController().signal,
  );
  return { store, metrics, open, ended };
}

/** Until what follows from an answer has been done. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

it("has three requests under way, of different points, and begins another as one is answered", async () => {
  const { store, metrics, open, ended } = begin();
  const all: number[] = [];
  let mostOpen = 0;
  expect(open).toHaveLength(3);
  // The newest first: the order of answers is nothing.
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    all.push(...next.steps);
    next.answer();
    await settled();
    mostOpen = Math.max(mostOpen, open.length);
  }
  await ended;
  expect(mostOpen).toBe(3);
  expect(new Set(all).size).toBe(60_000);
  expect(all).toHaveLength(60_000);
  expect(metrics.waitingPoints()).toBe(0);
  store.close();
});

it("ends after a failure when the others are answered, whose points count as sent", async () => {
  const { store, metrics, open, ended } = begin();
  let fault: unknown = null;
  const noted = ended.catch((error: unknown) => (fault = error));
  open[0]?.answer(new ServerFault("busy", "it answered 503"));
  await settled();
  expect([open.length, fault]).toEqual([3, null]);
  open[1]?.answer();
  open[2]?.answer();
  await noted;
  expect(fault).toMatchObject({ kind: "busy" });
  const sent = (open[1]?.steps.length ?? 0) + (open[2]?.steps.length ?? 0);
  expect(metrics.waitingPoints()).toBe(60_000 - sent);
  store.close();
});
