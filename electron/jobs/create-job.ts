import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { JobInput } from "../../shared/contract/jobs.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import type { JobLedger } from "./job-ledger.ts";
import { EMPTY_REPORT, type JobRecord } from "./job-record.ts";
import { checkPredecessor } from "./predecessor.ts";
import type { DatasetFile } from "./run-config.ts";

export interface CreateJobOptions {
  ledger: JobLedger;
  runsPath: string;
  /** What this machine is called, as its jobs say. */
  workstation: string;
  createId: () => string;
  now: () => Date;
  findDataset: (id: string) => DatasetFile | Promise<DatasetFile>;
  findModel: (
    modelId: string,
  ) => { name: string; path: string } | Promise<{ name: string; path: string }>;
  gpus?: () => Promise<GpuReport>;
}

/**
 * @returns the id of the job, which is queued.
 * @throws AppError when the dataset, the model or a GPU is not there to be used.
 */
export async function createJob(options: CreateJobOptions, input: JobInput): Promise<string> {
  const { ledger } = options;
  const dataset = await options.findDataset(input.datasetId);
  const model = await options.findModel(input.modelId);
  await checkDevice(input.device, options.gpus);
  checkPredecessor(ledger, null, input.accounting.afterJobId);
  const at = options.now().toISOString();
  const id = options.createId();
  const record: JobRecord = {
    id,
    name: input.name,
    dataset: { id: dataset.id, name: dataset.name },
    baseModel: { name: model.name, path: model.path },
    presetId: input.presetId,
    hyperparameters: input.hyperparameters,
    device: input.device,
    workstation: options.workstation,
    attempt: 0,
    progress: { step: 0, totalSteps: 0, epoch: 0 },
    plan: null,
    dryRun: null,
    best: null,
    accounting: input.accounting,
    runPath: join(options.runsPath, id),
    createdAt: at,
    updatedAt: at,
    state: {
      status: "queued",
      queuedAt: at,
      startedAt: null,
      hasPriority: false,
      notBefore: null,
      delayCause: null,
    },
    eventsOffset: 0,
    report: EMPTY_REPORT,
    idleInterruptions: 0,
    queueRank: 0,
    retriesUsed: 0,
    adapterPath: null,
  };
  ledger.create(record, "Queued.", input.keepLocal);
  return id;
}

async function checkDevice(
  device: RunDevice,
  gpus: (() => Promise<GpuReport>) | undefined,
): Promise<void> {
  if (device.kind === "cpu") return;
  if (new Set(device.uuids).size !== device.uuids.length) {
    throw new AppError("invalid_input", "A GPU is named twice. Name each GPU once.");
  }
  const { cluster } = device;
  if (cluster !== undefined && cluster.rank >= cluster.machines) {
    throw new AppError(
      "invalid_input",
      `The rank of this machine is ${cluster.rank}; of ${cluster.machines} machines it is 0 to ${cluster.machines - 1}.`,
    );
  }
  if (gpus === undefined) return;
  const report = await gpus();
  const present = new Set(report.gpus.map(({ uuid }) => uuid));
  const missing = device.uuids.filter((uuid) => !present.has(uuid));
  if (missing.length === 0) return;
  throw new AppError(
    "invalid_input",
    `This machine has no GPU ${missing.join(", ")}. Choose one that the GPUs view lists, or the CPU.`,
    { details: { missing } },
  );
}
