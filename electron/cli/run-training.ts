import { resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { FileSource, ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Hyperparameters, PresetId } from "../../shared/contract/hyperparameters.ts";
import type { Artifact } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { pickDevice } from "../quickstart/pick-device.ts";
import { prepareDataset, prepareEnvironment, prepareTinyModel } from "../quickstart/prepare-run.ts";
import { type EndedJob, followJob } from "./follow-job.ts";
import type { Session } from "./session.ts";
import { bar, compact, duration, type StatusLine } from "./terminal.ts";

export interface TrainingWish {
  name: string | undefined;
  dataset: FileSource | { kind: "library"; dataset: ReadyDataset };
  /** A model folder; without one the tiny base model is used. */
  modelPath: string | undefined;
  presetId: PresetId;
  hyperparameters: Hyperparameters;
  isDetached: boolean;
}

export interface TrainingResult {
  dataset: ReadyDataset;
  model: ReadyModel;
  jobId: string;
  /** Null when the run was only started. */
  job: EndedJob | null;
  artifact: Artifact | null;
  seconds: number;
}

/** From a wish to an ended run (or a started one), with progress on `line`. */
export async function runTraining(
  session: Session,
  wish: TrainingWish,
  line: StatusLine,
): Promise<TrainingResult> {
  const startedAt = performance.now();
  const { client } = session.core;
  const show = ({ message, share }: { message: string; share: number | null }) =>
    line.show(share === null ? message : `${bar(share)} ${message}`);

  const environment = await prepareEnvironment(client, show);
  const sees = environment.report.torch.devices.join(", ") || "the CPU";
  line.show(`Environment  torch ${environment.report.torch.version}, training on ${sees}`, true);

  const model =
    wish.modelPath === undefined
      ? await prepareTinyModel(client, show)
      : await findModel(client, wish.modelPath);
  line.show(`Base model   ${model.name}, ${compact(model.details.parameters)} parameters`, true);

  const dataset =
    wish.dataset.kind === "library"
      ? wish.dataset.dataset
      : await prepareDataset(client, wish.dataset, show);
  const { rows, rejected } = dataset.statistics;
  line.show(
    `Dataset      ${dataset.name}, ${rows} rows (${dataset.format}), ${rejected} rejected`,
    true,
  );

  const { id: jobId } = await client.request("jobs.create", {
    name: wish.name ?? `${dataset.name} on ${model.name}`,
    datasetId: dataset.id,
    modelId: model.id,
    presetId: wish.presetId,
    hyperparameters: wish.hyperparameters,
    device: pickDevice(await client.request("gpus.report", {})),
  });
  const seconds = () => Number(((performance.now() - startedAt) / 1000).toFixed(1));
  if (wish.isDetached) {
    return { dataset, model, jobId, job: null, artifact: null, seconds: seconds() };
  }

  const { job, core } = await followJob(session.reach, session.core, jobId, line);
  session.core = core;
  const artifact =
    job.status === "completed"
      ? await core.client.request("artifacts.get", { id: job.artifactId })
      : null;
  return { dataset, model, jobId, job, artifact, seconds: seconds() };
}

/** What `--json` prints at the end of a run. */
export function summarise({ dataset, jobId, job, artifact, seconds }: TrainingResult): object {
  return {
    ok: job === null || job.status === "completed",
    dataset: {
      rows: dataset.statistics.rows,
      rejected: dataset.statistics.rejected,
      format: dataset.format,
    },
    job: {
      id: jobId,
      status: job?.status ?? "queued",
      steps: job?.progress.step ?? 0,
      firstLoss: artifact?.quality.firstLoss ?? null,
      lastLoss: artifact?.quality.lastLoss ?? null,
      tokensPerSecond: artifact?.quality.tokensPerSecond ?? null,
    },
    adapter:
      artifact === null
        ? null
        : { path: artifact.path, files: artifact.files.map(({ name }) => name) },
    ...(job?.status === "failed" ? { error: job.error } : {}),
    seconds,
  };
}

/** What a person reads at the end of a run. */
export function tell({ jobId, job, artifact, seconds }: TrainingResult): string {
  if (job === null)
    return `Started as ${jobId}. It runs on by itself: lora-desk jobs show ${jobId}`;
  if (job.status === "failed") return `The run failed. ${job.error.message} ${job.error.remedy}`;
  if (job.status === "stopped" || artifact === null) {
    return `Stopped at step ${job.progress.step}. Go on with: lora-desk jobs resume ${jobId}`;
  }
  const { firstLoss, lastLoss, tokensPerSecond, steps } = artifact.quality;
  return [
    `Trained ${steps} steps in ${duration(seconds)}: loss ${figure(firstLoss)} → ${figure(lastLoss)}, ${compact(tokensPerSecond ?? 0)} tokens/s`,
    `Adapter      ${artifact.path}`,
    `             ${artifact.files.map(({ name }) => name).join(", ")}`,
  ].join("\n");
}

function figure(loss: number | null): string {
  return loss === null ? "–" : loss.toFixed(4);
}

async function findModel(client: CoreClient, path: string): Promise<ReadyModel> {
  const folder = resolve(path);
  const { models } = await client.request("models.addFolder", { path: folder });
  const model = models.find((candidate) => candidate.path === folder);
  if (model?.status === "ready") return model;
  if (model?.status === "unusable") throw AppError.fromFailure(model.failure);
  throw new AppError(
    "not_found",
    `${folder} holds no base model (config.json and *.safetensors). Name the model's own folder.`,
  );
}
