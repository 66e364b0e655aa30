import type { Preflight } from "../../shared/contract/preflight.ts";
import type { DryRunResult } from "./dry-run-store.ts";
import { estimateMemory } from "./estimate-memory.ts";
import { type Finding, finding, memoryText } from "./finding.ts";
import { type FitWish, whatFits } from "./what-fits.ts";

/** PyTorch counts its tensors; the driver's context and fragments come on top. */
const BESIDES_TENSORS_MB = 700;
const TIGHT = 0.92;
/** A formula that is further off than this is off elsewhere. */
const LEAST_SCALE = 0.2;

type Fit = Omit<FitWish, "availableMb" | "batchScale">;

/** What was found out about memory: by formula, by a dry run, or not at all. */
export function memoryFindings(
  memory: Preflight["memory"],
  fit: Fit | null,
  dryRun: DryRunResult | null,
): Finding[] {
  const { estimateMb, measuredMb, limitMb } = memory;
  const failed = dryRun !== null && "does_not_fit" in dryRun ? dryRun.does_not_fit : null;
  const besides = fit?.isCpu === true ? 0 : BESIDES_TENSORS_MB;
  const needed = measuredMb === null ? estimateMb : measuredMb + besides;
  if (failed === null && needed === null) {
    return [
      finding("warning", "How much memory this model needs cannot be reckoned.", "Try a dry run."),
    ];
  }
  if (failed === null && limitMb === null) return [];
  const isTooMuch = failed !== null || (needed !== null && limitMb !== null && needed > limitMb);
  const how = measuredMb === null ? "by formula" : "as measured";
  if (!isTooMuch && needed !== null && limitMb !== null) {
    const of = `about ${memoryText(needed)} of ${memoryText(limitMb)}, ${how}`;
    if (needed <= limitMb * TIGHT) return [finding("good", `The memory is enough: ${of}.`)];
    const advice = measuredMb === null ? "A dry run tells for certain." : null;
    return [finding("warning", `The memory is just enough: ${of}.`, advice)];
  }
  const message =
    failed?.message ??
    `The memory is not enough: about ${memoryText(needed ?? 0)} are needed ${how}, and there are ${memoryText(limitMb ?? 0)}.`;
  const ways =
    fit === null || limitMb === null ? [] : waysToFit(fit, memory, failed !== null, limitMb);
  const [first, ...others] = ways;
  if (first === undefined) {
    const remedy = failed?.remedy ?? "Choose a smaller base model, or a device with more memory.";
    return [finding("bad", message, remedy)];
  }
  return [
    finding("bad", message, `${first.message} About ${memoryText(first.mb)}.`, first.values),
    ...others.map((way) =>
      finding(
        "good",
        `It would fit, too: ${way.message} About ${memoryText(way.mb)}.`,
        null,
        way.values,
      ),
    ),
  ];
}

function waysToFit(
  fit: Fit,
  { measuredMb }: Preflight["memory"],
  hasFailed: boolean,
  limitMb: number,
) {
  const { totalMb, batchMb } = estimateMemory(fit);
  // Tried in vain: it needs more than there is, whatever the formula says.
  const knownMb = hasFailed
    ? Math.max(totalMb, limitMb * 1.05)
    : measuredMb === null
      ? totalMb
      : measuredMb + (fit.isCpu ? 0 : BESIDES_TENSORS_MB);
  const batchScale = Math.max(LEAST_SCALE, 1 + (knownMb - totalMb) / batchMb);
  return whatFits({ ...fit, availableMb: limitMb, batchScale });
}
