import type { CoreClient } from "../../shared/contract/contract.ts";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Hyperparameters, PresetId } from "../../shared/contract/hyperparameters.ts";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { prepareDataset, prepareEnvironment, prepareTinyModel } from "../quickstart/prepare-run.ts";
import { chooseDevice, type DeviceOptions } from "./choose-device.ts";
import type { WantedDataset } from "./find-dataset.ts";
import { findModel } from "./find-model.ts";
import { followJob } from "./follow-job.ts";
import { onAnyCore, type Session } from "./session.ts";
import { bar, compact, duration, type StatusLine } from "./terminal.ts";
import { untilOnItsOwn } from "./until-on-its-own.ts";

export interface TrainingWish {
  name: string | undefined;
  dataset: WantedDataset;
  /** A model's folder or name; without one the tiny base model is used. */
  model: string | undefined;
  presetId: PresetId;
  hyperparameters: Hyperparameters;
  /** Where to train; what is left out is chosen by what there is. */
  device: RunDevice | DeviceOptions;
  accounting: Partial<JobAccounting>;
  /** The run, and a file that is imported for it. */
  keepLocal?: boolean | undefined;
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
    accounting: wish.accounting,
    keepLocal: wish.keepLocal,
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
  const device = "kind" in wish.device ? wish.device : chooseDevice(wish.device, gpus, report);
  const sees = device.kind === "cpu" ? "the CPU" : gpuNames(device, gpus);
  line.show(`Environment  torch ${report.torch.version}, training on ${sees}`, true);
  if (device.kind === "cpu" && gpus.gpus.length > 0) {
    line.show("             There is a GPU, but torch cannot use it: lora-desk env doctor", true);
  }

  const model =
    wish.model === undefined
      ? await prepareTinyModel(client, show)
      : await findModel(client, wish.model);
  line.show(`Base model   ${model.name}, ${compact(model.details.parameters)} parameters`, true);

  const dataset =
    wish.dataset.kind === "library"
      ? wish.dataset.dataset
      : await prepareDataset(client, wish.dataset, show, { keepLocal: wish.keepLocal });
  const { rows, rejected } = dataset.statistics;
  const counts = `${rows} rows (${dataset.format}), ${rejected} rejected`;
  line.show(`Dataset      ${dataset.name}, ${counts}`, true);
  return { dataset, model, device };
}

function gpuNames(device: Extract<RunDevice, { kind: "cuda" }>, { gpus }: GpuReport): string {
  const names = device.uuids.map((id) => gpus.find(({ uuid }) => uuid === id)?.name ?? id);
  const { cluster } = device;
  const where =
    cluster === undefined ? "" : ` (machine ${cluster.rank + 1} of ${cluster.machines})`;
  return names.join(", ") + where;
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
