import type { CostRecord } from "./cost-record.ts";

type Cell = string | number | null;

const COLUMNS: readonly (readonly [name: string, of: (record: CostRecord) => Cell])[] = [
  ["recorded_at", ({ recordedAt }) => recordedAt],
  ["billing_period", ({ billingPeriod }) => billingPeriod],
  ["job", ({ details }) => details.job_name],
  ["job_id", ({ details }) => details.job_id],
  ["attempt", ({ details }) => details.attempt],
  ["dataset", ({ details }) => details.dataset],
  ["project", ({ details }) => details.project],
  ["cost_type", ({ type }) => type],
  ["amount", ({ amount }) => amount],
  ["currency", ({ details }) => details.currency],
  ["started_at", ({ details }) => details.started_at],
  ["ended_at", ({ details }) => details.ended_at],
  ["hours", (record) => hours(record.type === "gpu_time" ? record.details.seconds : null)],
  ["gpu_hours", (record) => hours(record.type === "gpu_time" ? record.details.gpu_seconds : null)],
  ["gpus", (record) => (record.type === "gpu_time" ? record.details.gpus.join("; ") : null)],
  ["cloud_cost", (record) => (record.type === "gpu_time" ? record.details.cloud_cost : null)],
  ["kwh", (record) => (record.type === "energy" ? record.details.kwh : null)],
  [
    "gap_gpu_hours",
    (record) => hours(record.type === "energy" ? record.details.gap_gpu_seconds : null),
  ],
  ["id", ({ id }) => id],
];

/** RFC 4180. Empty where a column does not belong to the record's type or is not known. */
export function csvOfRecords(records: readonly CostRecord[]): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...records.map((record) => COLUMNS.map(([, of]) => cellText(of(record)))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function hours(seconds: number | null): number | null {
  return seconds === null ? null : seconds / 3600;
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // A spreadsheet would run what begins like this as a formula, whoever named the dataset so.
  const inert = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
