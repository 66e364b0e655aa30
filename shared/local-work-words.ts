import type { Accounts } from "./contract/accounts.ts";

/** "2 datasets and 1 job"; null where there is nothing. */
export function localWorkWords({ datasets, jobs }: Accounts["local"]): string | null {
  const parts = [
    ...(datasets > 0 ? [countOf(datasets, "dataset")] : []),
    ...(jobs > 0 ? [countOf(jobs, "job")] : []),
  ];
  return parts.length === 0 ? null : parts.join(" and ");
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;
}
