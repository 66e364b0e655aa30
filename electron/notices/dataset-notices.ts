import type { Dataset } from "../../shared/contract/datasets.ts";
import { interrupted } from "../datasets/tidy-library.ts";
import type { NoticeDraft } from "./notice-draft.ts";

/** What the end of an import is worth telling; null for one that a person cancelled. */
export function datasetNotice(dataset: Dataset): NoticeDraft | null {
  if (dataset.status === "importing") return null;
  const common = {
    event: `dataset ${dataset.id} ${dataset.status}`,
    actionUrl: `/datasets/${dataset.id}`,
    createdAt: dataset.updatedAt,
    metadata: { dataset_id: dataset.id, status: dataset.status },
  };
  if (dataset.status === "rejected") {
    const { kind, message } = dataset.failure;
    if (kind === "cancelled" && message !== interrupted.message) return null;
    return {
      ...common,
      type: "dataset_rejected",
      title: `Not imported: ${dataset.fileName}`,
      message,
      priority: "normal",
    };
  }
  const { rows, rejected } = dataset.statistics;
  const left = rejected === 0 ? "" : ` ${count(rejected, "row")} left out; the dataset says why.`;
  return {
    ...common,
    type: "dataset_ready",
    title: `Ready to train on: ${dataset.name}`,
    message: `${count(rows, "row")} imported from ${dataset.fileName}.${left}`,
    // Its import was begun by hand a moment ago: that it went well need not be called out.
    priority: "low",
  };
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString("en-GB")} ${noun}${amount === 1 ? " was" : "s were"}`;
}
