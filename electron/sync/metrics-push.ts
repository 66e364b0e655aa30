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
  /** After the answers to a request are stored. */
  onPointsTaken: () => void;
  mayGoOn: () => boolean;
}

const BLOCK_STEPS = 128;
const MOST_POINTS = 5000;
/** Whole blocks, so that what is confirmed can be told by block. */
const BLOCKS_AT_ONCE = Math.floor(MOST_POINTS / BLOCK_STEPS);
/** Enough that the project has work while the next request is prepared and an answer is stored. */
const MOST_UNDER_WAY = 3;

/**
 * Sends the points of curves in bulk, some requests at a time: their blocks have nothing to do with
 * each other. A repeat does no harm: a point is known by its job and step, and the newer one holds.
 * What is refused as a whole is halved, one request at a time, until the block stands alone.
 *
 * @returns when none is under way any more, also after a failure.
 */
export async function pushMetrics(deps: MetricsPushDeps, signal: AbortSignal): Promise<void> {
  const underWay = new Map<Promise<void>, readonly UnsentBlock[]>();
  const faults: unknown[] = [];
  let blocksAtOnce = BLOCKS_AT_ONCE;
  for (;;) {
    const most = blocksAtOnce < BLOCKS_AT_ONCE ? 1 : MOST_UNDER_WAY;
    const isOpen = underWay.size < most && faults.length === 0 && deps.mayGoOn();
    const blocks = isOpen ? nextBlocks(blocksAtOnce, [...underWay.values()].flat(), deps) : [];
    if (blocks.length > 0) {
      const sending = send(blocks, deps, signal)
        .then(
          (isTaken) => {
            if (!isTaken) blocksAtOnce = Math.min(blocksAtOnce, Math.ceil(blocks.length / 2));
            else if (blocks.length <= blocksAtOnce) {
              blocksAtOnce = Math.min(BLOCKS_AT_ONCE, blocksAtOnce * 2);
            }
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
  return metrics
    .unsent(limit + taken.size)
    .filter(({ jobId, block }) => !taken.has(`${jobId} ${block}`))
    .slice(0, limit);
}

/** @returns false when the request was refused for what is in it, and should be halved. */
async function send(
  blocks: readonly UnsentBlock[],
  deps: MetricsPushDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { metrics, server } = deps;
  const points = blocks.flatMap((block) => pointsOf(block, deps));
  let answers: MetricsAnswer[];
  try {
    answers = points.length === 0 ? [] : await server.pushMetrics(points, signal);
  } catch (error) {
    if (!(error instanceof ServerFault) || error.kind !== "refused") throw error;
    if (blocks.length > 1) return false;
    // Where even an empty request is refused, it is not for what is in it.
    await server.pushMetrics([], signal);
    for (const { jobId } of blocks) metrics.refuse(jobId, "refused", error.message);
    deps.onPointsTaken();
    return true;
  }
  signal.throwIfAborted();
  takeAnswers(blocks, points, answers, deps);
  deps.onPointsTaken();
  return true;
}

function takeAnswers(
  blocks: readonly UnsentBlock[],
  points: readonly CurvePoint[],
  answers: readonly MetricsAnswer[],
  { metrics }: MetricsPushDeps,
): void {
  const byJob = new Map(answers.map((answer) => [answer.job_id, answer]));
  let isNamed = false;
  for (const { jobId, ...block } of blocks) {
    const answer = byJob.get(jobId);
    const sent = points.filter(({ job_id: id }) => id === jobId).length;
    if (answer === undefined && sent > 0) continue;
    // A request that was cut short on its way: what it lacked is not there.
    if (answer?.outcome === "applied" && answer.points < sent) continue;
    isNamed = true;
    if (answer?.outcome === "rejected") metrics.refuse(jobId, answer.reason, answer.message);
    else metrics.confirm({ jobId, ...block });
  }
  if (!isNamed) throw new ServerFault("unreachable", "The project's answer is incomplete.");
}

function pointsOf({ jobId, block, fromIndex }: UnsentBlock, deps: MetricsPushDeps) {
  const first = block * BLOCK_STEPS;
  return deps.metricsRows(jobId, first, first + BLOCK_STEPS - 1).slice(fromIndex);
}
