import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import type { Job, JobInput } from "../../shared/contract/jobs.ts";
import { gpuLabel } from "../gpus/gpu-label.ts";
import { type Finding, finding, memoryText } from "./finding.ts";

/** Whether the device is there, free, and able to do what is asked. */
export function deviceFindings(
  input: JobInput,
  report: GpuReport,
  jobs: readonly Job[],
): Finding[] {
  const { device, hyperparameters: settings, accounting } = input;
  if (device.kind === "cpu") return cpuFindings(settings.quantization === "nf4", report);
  return device.uuids.flatMap((uuid): Finding[] => {
    const gpu = report.gpus.find((one) => one.uuid === uuid);
    if (gpu === undefined) {
      return [
        finding("bad", `This machine has no GPU ${uuid}.`, "Choose one that the GPUs view lists."),
      ];
    }
    const findings: Finding[] = [];
    if (gpu.isLost === true) {
      findings.push(
        finding("bad", `${gpuLabel(gpu)} has been lost by its driver.`, "Restart the computer."),
      );
    }
    const holder = holderOf(uuid, jobs);
    if (holder !== null && !(accounting.mayShareGpu && holder.accounting.mayShareGpu)) {
      findings.push(
        finding("warning", `Waits for ${gpuLabel(gpu)}: “${holder.name}” is training on it.`),
      );
    }
    return [...findings, ...foreignFindings(gpu)];
  });
}

/** The run that has the GPU now. */
export function holderOf(uuid: string, jobs: readonly Job[]): Job | null {
  const isHolder = ({ status, device }: Job) =>
    (status === "preparing" || status === "running" || status === "stopping") &&
    device.kind === "cuda" &&
    device.uuids.includes(uuid);
  return jobs.find(isHolder) ?? null;
}

function cpuFindings(isQuantized: boolean, report: GpuReport): Finding[] {
  const findings: Finding[] = [];
  if (isQuantized) {
    findings.push(
      finding(
        "warning",
        "A base model in 4 bits saves little on the CPU and is slow there.",
        null,
        {
          quantization: "none",
        },
      ),
    );
  }
  const [gpu] = report.gpus;
  if (gpu !== undefined) {
    findings.push(
      finding(
        "warning",
        `The run is to train on the CPU, though there is ${gpu.name}.`,
        "Choose it for the run.",
      ),
    );
  }
  return findings;
}

function foreignFindings(gpu: Gpu): Finding[] {
  const { processes } = gpu;
  const foreign = (processes ?? []).filter(({ jobId }) => jobId === null);
  if (foreign.length === 0) return [];
  const names = [...new Set(foreign.map((one) => one.name.split(/[\\/]/).at(-1) ?? one.name))];
  const memory = foreign.reduce((sum, one) => sum + (one.memoryMb ?? 0), 0);
  const used = memory > 0 ? ` with ${memoryText(memory)}` : "";
  return [
    finding(
      "warning",
      `Other programs compute on ${gpuLabel(gpu)}: ${names.slice(0, 3).join(", ")}${used}. The run waits until they have left.`,
    ),
  ];
}
