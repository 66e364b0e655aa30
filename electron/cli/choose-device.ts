import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { type RunDevice, runDeviceSchema } from "../../shared/contract/run-folder.ts";
import { pickDevice } from "../quickstart/pick-device.ts";

/** What the command line says of where to train; all of it may be left out. */
export interface DeviceOptions {
  /** `0,1`, UUIDs, `all`, or `none` for the CPU. */
  gpus?: string;
  machines?: string;
  machineRank?: string;
  rendezvous?: string;
}

/** @throws AppError `invalid_input` that names what there is to choose from. */
export function chooseDevice(
  options: DeviceOptions,
  report: GpuReport,
  environment: EnvironmentReport,
): RunDevice {
  const device =
    options.gpus === undefined
      ? pickDevice(report, environment)
      : namedDevice(options.gpus, report, environment);
  const cluster = clusterOf(options);
  if (cluster === null) return device;
  if (device.kind === "cpu") {
    throw new AppError(
      "invalid_input",
      "Several machines train together on GPUs only, and this one would train on its CPU. Look at lora-desk gpus and lora-desk env doctor.",
    );
  }
  const parsed = runDeviceSchema.safeParse({ ...device, cluster });
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", z.prettifyError(parsed.error));
}

function namedDevice(which: string, { gpus }: GpuReport, { torch }: EnvironmentReport): RunDevice {
  const wanted = which.trim().toLowerCase();
  if (wanted === "none" || wanted === "cpu") return { kind: "cpu" };
  if (torch.devices.length === 0) {
    throw new AppError(
      "invalid_input",
      `torch ${torch.version} of the training environment can use no GPU. See lora-desk env doctor, or train with --gpus none.`,
    );
  }
  const usable = gpus.filter(({ uuid, isMigEnabled }) => uuid !== null && !isMigEnabled);
  const names = wanted === "all" ? null : which.split(",").map((name) => name.trim());
  const chosen =
    names === null
      ? usable
      : names.map((name) => {
          const gpu = usable.find(({ index, uuid }) => String(index) === name || uuid === name);
          if (gpu !== undefined) return gpu;
          const known = usable.map(({ index, name: model }) => `${index} (${model})`).join(", ");
          throw new AppError(
            "invalid_input",
            `There is no GPU “${name}” to train on. There are: ${known === "" ? "none" : known}.`,
          );
        });
  const uuids = [...new Set(chosen.map(({ uuid }) => String(uuid)))];
  if (uuids.length > 0) return { kind: "cuda", uuids };
  throw new AppError("invalid_input", "There is no GPU to train on. See lora-desk gpus.");
}

function clusterOf({ machines, machineRank, rendezvous }: DeviceOptions) {
  if (machines === undefined && machineRank === undefined && rendezvous === undefined) return null;
  if (machines === undefined || machineRank === undefined || rendezvous === undefined) {
    throw new AppError(
      "invalid_input",
      "Several machines need --machines, --machine-rank and --rendezvous together: how many, which of them this is (0 is the first), and host:port of the first. Start the same command on each.",
    );
  }
  const cluster = { machines: Number(machines), rank: Number(machineRank), rendezvous };
  if (cluster.rank < cluster.machines) return cluster;
  throw new AppError(
    "invalid_input",
    `--machine-rank is ${machineRank}; of ${machines} machines it is 0 to ${cluster.machines - 1}.`,
  );
}
