import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { FileSource, ReadyDataset } from "../../shared/contract/datasets.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { until } from "./until.ts";

/** What is being got ready; `share` is null where no share of the whole is known. */
export interface Preparation {
  step: "environment" | "model" | "dataset";
  message: string;
  share: number | null;
}
export type OnPreparation = (preparation: Preparation) => void;

type ReadyEnvironment = Extract<EnvironmentStatus, { state: "ready" }>;

/**
 * The training environment, built if it is missing. A Python that the user chose is theirs to
 * mend; our own one is built, or built anew when it is broken.
 */
export async function prepareEnvironment(
  client: CoreClient,
  onProgress: OnPreparation,
): Promise<ReadyEnvironment> {
  const report = (message: string, share: number | null) =>
    onProgress({ step: "environment", message, share });
  report("Looking at the training environment", null);
  let found = await client.request("environment.status", {});
  if (found.state === "unknown") found = await client.request("environment.check", {});
  const isOurs = found.source === "own";
  const isWanting = found.state === "missing" || found.state === "broken";

  return until(client, "environment.changed", undefined, {
    start: async () =>
      isOurs && isWanting
        ? client.request("environment.build", { isFresh: found.state === "broken" })
        : found,
    settle: (status) => {
      switch (status.state) {
        case "ready":
          return status;
        case "building":
          report(status.message, status.share);
          return undefined;
        case "unknown":
          return undefined;
        case "missing":
          throw new AppError("environment", status.message);
        case "broken":
          throw AppError.fromFailure(status.failure);
      }
    },
  });
}

/** The tiny base model, made if it is missing. */
export async function prepareTinyModel(
  client: CoreClient,
  onProgress: OnPreparation,
): Promise<ReadyModel> {
  onProgress({ step: "model", message: "Looking for the tiny base model", share: null });
  let id = "";
  return until(client, "models.changed", undefined, {
    start: async () => {
      id = (await client.request("models.createTiny", {})).id;
      return client.request("models.list", {});
    },
    settle: ({ models }) => {
      const model = models.find((candidate) => candidate.id === id);
      if (model?.status === "ready") return model;
      if (model?.status === "unusable") throw AppError.fromFailure(model.failure);
      if (model?.status === "building") onProgress({ step: "model", ...model.progress });
      return undefined;
    },
  });
}

/** Imports a file (or the shipped sample) and waits for the end of it. */
export async function prepareDataset(
  client: CoreClient,
  source: FileSource,
  onProgress: OnPreparation,
  about: { name?: string | undefined; keepLocal?: boolean | undefined } = {},
): Promise<ReadyDataset> {
  let id = "";
  return until(client, "datasets.changed", undefined, {
    start: async () => {
      const started = await client.request("datasets.import", { source, ...about });
      id = started.id;
      return client.request("datasets.get", { id });
    },
    settle: (dataset) => {
      if (dataset.id !== id) return undefined;
      if (dataset.status === "ready") return dataset;
      if (dataset.status === "rejected") throw AppError.fromFailure(dataset.failure);
      const { bytesRead, bytesTotal, rows } = dataset.progress;
      onProgress({
        step: "dataset",
        message: `Importing ${dataset.fileName}: ${rows.toLocaleString("en")} rows`,
        share: bytesTotal === 0 ? null : bytesRead / bytesTotal,
      });
      return undefined;
    },
  });
}
