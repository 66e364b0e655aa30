import type { DatasetStatistics } from "../../shared/contract/datasets.ts";
import type { Figure } from "../controls/figures.tsx";
import { formatCompact, formatCount } from "../format/numbers.ts";

/** The statistics of a dataset, as one reads them before training on it. */
export function datasetFigures(statistics: DatasetStatistics): readonly Figure[] {
  const { rows, rejected, duplicates, turns, characters, longestRowCharacters } = statistics;
  return [
    { name: "Rows", value: formatCount(rows) },
    {
      name: "Left out",
      value: formatCount(rejected),
      detail: rejected === 0 ? undefined : sharePart(rejected, rows + rejected),
    },
    {
      name: "Duplicates",
      value: formatCount(duplicates),
      detail: duplicates === 0 ? undefined : sharePart(duplicates, rows),
    },
    { name: "Turns per row", value: mean(turns, rows, 1) },
    {
      name: "Characters per row",
      value: mean(characters, rows, 0),
      detail: `up to ${formatCompact(longestRowCharacters)}`,
    },
  ];
}

function mean(total: number, count: number, decimals: number): string {
  if (count === 0) return "–";
  const value = total / count;
  return decimals === 0 ? formatCount(value) : String(Number(value.toFixed(decimals)));
}

/** A small share is not rounded down to nothing. */
function sharePart(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  if (percent < 0.1) return "< 0.1\u202f%";
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}\u202f%`;
}
