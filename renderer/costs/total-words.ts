export type TotalsBy = "month" | "dataset" | "project";

export const TOTAL_WORDS: Readonly<Record<TotalsBy, string>> = {
  month: "Month",
  dataset: "Dataset",
  project: "Project",
};

const month = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** "2026-03" → "March 2026". Names stay as they are. */
export function totalLabel(by: TotalsBy, label: string): string {
  if (by !== "month") return label;
  const date = new Date(`${label}-01T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? label : month.format(date);
}
