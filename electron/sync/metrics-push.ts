import type { RequestSize } from "./request-size.ts";
import { describeLoneFailure, type LoneFailures } from "./lone-failures.ts";
import type { MetricsPushStore, UnsentBlock } from "./metrics-push-store.ts";
import {
  type CurvePoint,
  type MetricsAnswer,
  ServerFault,
  type TeamServer,
} from "./team-server.ts";

export interface MetricsPushDeps {
  metrics: MetricsPushStore;
  server: TeamServer;
  /** The points of a job from one step to another (inclusive), in the order of their steps. */
  metricsRows: (jobId: string, fromStep: number, toStep: number) => readonly CurvePoint[];
  /** Of blocks in a request; stays small after a failure, from one round to the next. */
  blocksAtOnce: RequestSize;
  loneFailures: LoneFailures;
  /** After the answers to a request are stored. */
  onPointsTaken: () => void;
  mayGoOn: () => boolean;
}

const BLOCK_STEPS = 128;
const MOST_POINTS = 5000;
/** Whole blocks, so that what is confirmed can be told by block. */
export const MOST_BLOCKS = Math.floor(MOST_POINTS / BLOCK_STEPS);
/** Enough that the project has work while the next request is prepared and an answer is stored. */
const MOST_UNDER_WAY = 3;

/**
 * Sends the points of curves in bulk, some requests at a time: their blocks have nothing to do with
 * each other. A repeat does no harm: a point is known by its job and step, and the newer one holds.
 * What is refused is halved, one request at a time, until the block stands alone; after a failure
 * the next try is with half as much.
 *
 * @returns when none is under way any more, also after a failure.
 */
export async function pushMetrics(deps: MetricsPushDeps, signal: AbortSignal): Promise<void> {
  const { blocksAtOnce: size } = deps;
  const underWay = new Map<Promise<void>, readonly UnsentBlock[]>();
  const faults: unknown[] = [];
  let limit = size.most;
  for (;;) {
    const atOnce = Math.min(limit, size.now);
    const isOpen = faults.length === 0 && deps.mayGoOn();
    const most = atOnce < size.most ? 1 : MOST_UNDER_WAY;
    const blocks =
      isOpen && underWay.size < most ? nextBlocks(atOnce, [...underWay.values()].flat(), deps) : [];
    if (blocks.length > 0) {
      const sending = send(blocks, deps, signal)
        .then(
          (isTaken) => {
            if (!isTaken) limit = Math.min(limit, Math.ceil(blocks.length / 2));
            else if (blocks.length <= limit) limit = Math.min(size.most, limit * 2);
          },
          (fault: unknown) => void faults.push(fault),
        )
        .finally(() => underWay.delete(sending));
      underWay.set(sending, blocks);
    } else if (underWay.size > 0) {
      await Promise.race(underWay.keys());
    } else if (faults.length > 0) {
      throw faults[0];
    } else {
      return;
    }
  }
}

/** Blocks that wait and are not under way. */
function nextBlocks(
  limit: number,
  underWay: readonly UnsentBlock[],
  { metrics }: MetricsPushDeps,
): UnsentBlock[] {
  const taken = new Set(underWay.map(({ jobId, block }) => `${jobId} ${block}`));
  const waiting = metrics
    .unsent(limit + taken.size)
    .filter(({ jobId, block }) => !taken.has(`${jobId} ${block}`))
    .slice(0, limit);
  // What was refused before and has changed since goes alone, so that it holds up nothing else.
  const doubtful = waiting.findIndex(({ isDoubtful }) => isDoubtful);
  return doubtful === -1 ? waiting : waiting.slice(0, Math.max(1, doubtful));
}

/** @returns false when some of it was refused for what is in it, and it should be halved. */
async function send(
  blocks: readonly UnsentBlock[],
  deps: MetricsPushDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { metrics, server, blocksAtOnce, loneFailures } = deps;
  const points = blocks.flatMap((block) => pointsOf(block, deps));
  const [first] = blocks;
  const key = first === undefined ? "" : `${first.jobId} ${first.block}`;
  let answers: MetricsAnswer[];
  try {
    answers = points.length === 0 ? [] : await server.pushMetrics(points, signal);
  } catch (error) {
    if (!(error instanceof ServerFault)) throw error;
    const isAlone = blocks.length === 1;
    if (error.kind === "refused" && !isAlone) return false;
    const probe = () => server.pushMetrics([], signal);
    if (error.kind === "refused") {
      // Where even an empty request is refused, it is not for what is in it.
      await probe();
      for (const block of blocks) metrics.refuse(block, "refused", error.message);
    } else {
      if (error.isOfRequest) blocksAtOnce.failed(blocks.length);
      if (!isAlone || !(await loneFailures.isHopeless(key, error, probe))) throw error;
      for (const block of blocks) {
        metrics.refuse(block, "unanswered", describeLoneFailure(error));
      }
    }
    deps.onPointsTaken();
    return true;
  }
  signal.throwIfAborted();
  const isWhole = takeAnswers(blocks, points, answers, deps);
  loneFailures.forget(key);
  blocksAtOnce.succeeded(blocks.length);
  deps.onPointsTaken();
  return isWhole;
}

/** Reasons for which no point of the job would be taken. */
const OF_THE_JOB = new Set(["missing_reference", "not_permitted"]);

/** @returns false when points were refused and more than one block may be to blame. */
function takeAnswers(
  blocks: readonly UnsentBlock[],
  points: readonly CurvePoint[],
  answers: readonly MetricsAnswer[],
  { metrics }: MetricsPushDeps,
): boolean {
  const byJob = new Map(answers.map((answer) => [answer.job_id, answer]));
  let isNamed = false;
  let isWhole = true;
  for (const [jobId, ofJob] of Map.groupBy(blocks, (block) => block.jobId)) {
    const answer = byJob.get(jobId);
    const sent = points.filter(({ job_id: id }) => id === jobId).length;
    if (answer === undefined && sent > 0) continue;
    // A request that was cut short on its way: what it lacked is not there.
    if (answer?.outcome === "applied" && answer.points < sent) continue;
    isNamed = true;
    if (answer?.outcome !== "rejected") {
      for (const block of ofJob) metrics.confirm(block);
    } else if (OF_THE_JOB.has(answer.reason)) {
      metrics.refuseCurve(jobId, answer.reason, answer.message);
    } else if (ofJob.length === 1) {
      for (const block of ofJob) metrics.refuse(block, answer.reason, answer.message);
    } else {
      isWhole = false;
    }
  }
  if (!isNamed) throw new ServerFault("unreachable", "The project's answer is incomplete.");
  return isWhole;
}

function pointsOf({ jobId, block, fromIndex }: UnsentBlock, deps: MetricsPushDeps) {
  const first = block * BLOCK_STEPS;
  return deps.metricsRows(jobId, first, first + BLOCK_STEPS - 1).slice(fromIndex);
}
