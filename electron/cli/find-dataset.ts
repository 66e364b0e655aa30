import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { FileSource, ReadyDataset } from "../../shared/contract/datasets.ts";
import { findByIdOrName } from "./find-by-id-or-name.ts";

export type WantedDataset = FileSource | { kind: "library"; dataset: ReadyDataset };

/** A file here, else a dataset of the library by its id or name. */
export async function findDataset(client: CoreClient, which: string): Promise<WantedDataset> {
  if (existsSync(which)) return { kind: "path", path: resolve(which) };
  try {
    return {
      kind: "library",
      dataset: findByIdOrName(await readyDatasets(client), which, "dataset"),
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== "not_found") throw error;
  }
  throw new AppError(
    "not_found",
    `“${which}” is neither a file here nor a dataset of the library (lora-desk datasets list).`,
  );
}

export async function readyDatasets(client: CoreClient): Promise<ReadyDataset[]> {
  const all = await client.request("datasets.list", {});
  return all.filter((dataset) => dataset.status === "ready");
}
