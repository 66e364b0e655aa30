import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { FileSource, ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Hyperparameters, PresetId } from "../../shared/contract/hyperparameters.ts";
import type { Artifact, Job } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { pickDevice } from "../quickstart/pick-device.ts";
import { prepareDataset, prepareEnvironment, prepareTinyModel } from "../quickstart/prepare-run.ts";
import { followJob } from "./follow-job.ts";
import { onAnyCore, type Session } from "./session.ts";
import { bar, compact, duration, type StatusLine } from "./terminal.ts";
import { untilOnItsOwn } from "./until-on-its-own.ts";

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
  /** Ended; or, when it was only to be started, as it is then. */
  job: Job;
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
  const { dataset, model, device } = await onAnyCore(session, (client) =>
    getReady(client, wish, line),
  );
  const { id: jobId } = await session.core.client.request("jobs.create", {
    name: wish.name ?? `${dataset.name} on ${model.name}`,
    datasetId: dataset.id,
    modelId: model.id,
    presetId: wish.presetId,
    hyperparameters: wish.hyperparameters,
    device,
  });
  const seconds = () => Number(((performance.now() - startedAt) / 1000).toFixed(1));
  if (wish.isDetached) {
    const job = await untilOnItsOwn(session.core.client, jobId);
    return { dataset, model, job, artifact: null, seconds: seconds() };
  }
  const { job, core } = await followJob(session.reach, session.core, jobId, line);
  session.core = core;
  const artifact =
    job.status === "completed"
      ? await core.client.request("artifacts.get", { id: job.artifactId })
      : null;
  return { dataset, model, job, artifact, seconds: seconds() };
}

/** Environment, base model and dataset; each is taken as it is where it is there already. */
async function getReady(client: CoreClient, wish: TrainingWish, line: StatusLine) {
  const show = ({ message, share }: { message: string; share: number | null }) =>
    line.show(share === null ? message : `${bar(share)} ${message}`);

  const { report } = await prepareEnvironment(client, show);
  const gpus = await client.request("gpus.report", {});
  const device = pickDevice(gpus, report);
  const sees = device.kind === "cpu" ? "the CPU" : report.torch.devices.join(", ");
  line.show(`Environment  torch ${report.torch.version}, training on ${sees}`, true);
  if (device.kind === "cpu" && gpus.gpus.length > 0) {
    line.show("             There is a GPU, but torch cannot use it: lora-desk env doctor", true);
  }

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
  const counts = `${rows} rows (${dataset.format}), ${rejected} rejected`;
  line.show(`Dataset      ${dataset.name}, ${counts}`, true);
  return { dataset, model, device };
}

/** What `--json` prints at the end of a run. */
export function summarise({ dataset, job, artifact, seconds }: TrainingResult): object {
  return {
    ok: job.status !== "failed",
    dataset: {
      rows: dataset.statistics.rows,
      rejected: dataset.statistics.rejected,
      format: dataset.format,
    },
    job: {
      id: job.id,
      status: job.status,
      steps: job.progress.step,
      firstLoss: artifact?.quality.firstLoss ?? null,
      lastLoss: artifact?.quality.lastLoss ?? null,
      tokensPerSecond: artifact?.quality.tokensPerSecond ?? null,
    },
    adapter:
      artifact === null
        ? null
        : { path: artifact.path, files: artifact.files.map(({ name }) => name) },
    ...(job.status === "failed" ? { error: job.error } : {}),
    seconds,
  };
}

/** What a person reads at the end of a run. */
export function tell({ job, artifact, seconds }: TrainingResult): string {
  if (job.status === "failed") return `The run failed. ${job.error.message} ${job.error.remedy}`;
  if (job.status === "stopped") {
    return `Stopped at step ${job.progress.step}. Go on with: lora-desk jobs resume ${job.id}`;
  }
  if (job.status === "queued") {
    return `Queued as ${job.id}: ${job.waitingFor}. It starts when its turn comes and LoRA Desk is open.`;
  }
  if (artifact === null) {
    return `Started as ${job.id}. It runs on by itself: lora-desk jobs show ${job.id}`;
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
  // The library names models by their real path, which a link may hide.
  const folder = await realpath(resolve(path)).catch(() => resolve(path));
  const { models } = await client.request("models.addFolder", { path: folder });
  const model = models.find((candidate) => candidate.path === folder);
  if (model?.status === "ready") return model;
  if (model?.status === "unusable") throw AppError.fromFailure(model.failure);
  throw new AppError(
    "not_found",
    `${folder} holds no base model (config.json and *.safetensors). Name the model's own folder.`,
  );
}
