import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";

export interface EnvironmentWarning {
  message: string;
  remedy: string;
}

/** Compares what torch sees with what the driver sees: a CPU torch beside a GPU is easily missed. */
export function compareWithDriver(
  report: EnvironmentReport,
  { driver, gpus }: GpuReport,
  platform: NodeJS.Platform,
): EnvironmentWarning[] {
  if (driver.state !== "ready" || gpus.length === 0) return [];
  const { torch, pythonPath } = report;
  const seenByDriver = count(gpus.length);

  if (torch.cudaVersion === null) {
    return [
      {
        message: `This torch (${torch.version}) is built for the CPU only, but the driver sees ${seenByDriver}. Runs on a GPU will fail; runs on the CPU are slow.`,
        remedy: reinstallAdvice(report, driver.version, platform),
      },
    ];
  }
  if (torch.devices.length === 0) {
    return [
      {
        message: `The driver (${driver.version}) sees ${seenByDriver}, but torch ${torch.version} (CUDA ${torch.cudaVersion}) sees none.`,
        remedy: `Most often the driver is older than CUDA ${torch.cudaVersion} needs: update the NVIDIA driver and restart. If CUDA_VISIBLE_DEVICES is set, unset it. To see the reason, run: "${pythonPath}" -c "import torch; torch.cuda.init()"`,
      },
    ];
  }
  // CUDA offers a process one MIG instance at most, so with MIG the numbers never agree.
  if (torch.devices.length < gpus.length && !gpus.some(({ isMigEnabled }) => isMigEnabled)) {
    return [
      {
        message: `The driver sees ${seenByDriver}, but torch sees only ${torch.devices.length} (${torch.devices.join(", ")}).`,
        remedy:
          "If CUDA_VISIBLE_DEVICES is set where LoRA Desk was started, unset it and start again. Otherwise a card may be too old for this torch; runs can use the ones it sees.",
      },
    ];
  }
  return [];
}

/** Packages of another generation than those the trainer is written for. */
export function compareWithRequirements(
  report: EnvironmentReport,
  requirements: string,
  requirementsPath: string,
): EnvironmentWarning[] {
  const odd: string[] = [];
  for (const line of requirements.split(/\r?\n/)) {
    const pin = /^([\w.-]+)==(\d+)(\S*)$/.exec(line.trim());
    const [, name = "", major, rest = ""] = pin ?? [];
    const installed = report.packages[name];
    if (pin === null || installed === undefined) continue;
    if (installed.split(".")[0] !== major) {
      odd.push(`${name} ${installed} instead of ${major}${rest}`);
    }
  }
  if (odd.length === 0) return [];
  return [
    {
      message: `This Python has other versions than LoRA Desk is made for: ${odd.join(", ")}. Runs may fail.`,
      remedy: `Install the right ones: "${report.pythonPath}" -m pip install -r "${requirementsPath}"`,
    },
  ];
}

function reinstallAdvice(
  { torch, pythonPath }: EnvironmentReport,
  driverVersion: string,
  platform: NodeJS.Platform,
): string {
  const plainVersion = torch.version.split("+")[0];
  const command = `"${pythonPath}" -m pip install --force-reinstall "torch==${plainVersion}"`;
  if (platform === "linux") {
    return `Install the CUDA build with: ${command}. The plain package is the CUDA one on 64-bit x86 Linux, unless your package index offers only the CPU build; then add the index option that PyTorch's “Get started” selector shows for a CUDA version that driver ${driverVersion} supports.`;
  }
  return `Install the CUDA build with: ${command}, followed by the index option that PyTorch's “Get started” selector shows for Windows, Pip, Python and a CUDA version that driver ${driverVersion} supports. Then check again.`;
}

function count(gpus: number): string {
  return gpus === 1 ? "a GPU" : `${gpus} GPUs`;
}
