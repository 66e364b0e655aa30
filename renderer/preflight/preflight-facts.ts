import type { Preflight } from "../../shared/contract/preflight.ts";
import type { Fact } from "../controls/facts.tsx";
import { cloudWords, ownCost } from "../costs/cost-sum.ts";
import { formatBytes } from "../format/bytes.ts";
import { formatEnergy, formatMoney } from "../format/money.ts";
import { UNKNOWN, formatCount } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";

export function preflightFacts({ disk, time, cost }: Preflight, currency: string): readonly Fact[] {
  const { seconds } = cost;
  const own = ownCost(cost);
  const comparison = cloudWords(own, cost.cloudCost);
  const cloud = formatMoney(cost.cloudCost, currency);
  return [
    { name: "Steps", value: time.steps === null ? UNKNOWN : `about ${formatCount(time.steps)}` },
    { name: "Time", value: timeWords(seconds, time.secondsAtMost) },
    { name: "Disk", value: diskWords(disk) },
    {
      name: "Energy",
      value: cost.energyKwh === null ? UNKNOWN : `about ${formatEnergy(cost.energyKwh)}`,
    },
    { name: "Cost here", value: aboutMoney(own, currency) },
    {
      name: "In the cloud",
      value: comparison === undefined ? cloud : `${cloud}, ${comparison}`,
    },
  ];
}

function aboutMoney(amount: number | null, currency: string): string {
  const text = formatMoney(amount, currency);
  return amount === null || text.startsWith("<") ? text : `about ${text}`;
}

function timeWords(seconds: number | null, atMost: number | null): string {
  const most = atMost === null ? null : `at most ${formatDuration(atMost)}`;
  if (seconds === null) return most ?? UNKNOWN;
  const about = `about ${formatDuration(seconds)}`;
  return most === null || (atMost ?? 0) <= seconds ? about : `${about}, ${most}`;
}

function diskWords({ neededBytes, freeBytes }: Preflight["disk"]): string {
  const needed = formatBytes(neededBytes);
  return freeBytes === null
    ? `about ${needed}`
    : `about ${needed}, ${formatBytes(freeBytes)} are free`;
}
