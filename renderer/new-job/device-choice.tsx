import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { DeviceSelect } from "./device-select.tsx";
import { GpuChoice } from "./gpu-choice.tsx";
import type { DeviceWish } from "./job-form.ts";
import { isUsable } from "./usable-gpu.ts";

type DeviceChoiceProps = {
  readonly device: RunDevice;
  readonly report: GpuReport | null;
  readonly onChange: (device: DeviceWish) => void;
};

/** One of a few devices; where there are several GPUs, any number of them. */
export function DeviceChoice({ device, report, onChange }: DeviceChoiceProps) {
  const gpus = (report?.gpus ?? []).filter(isUsable);
  return report !== null && gpus.length > 1 ? (
    <GpuChoice device={device} gpus={gpus} cpuName={report.cpu.name} onChange={onChange} />
  ) : (
    <DeviceSelect
      device={device}
      gpus={gpus}
      cpuName={report?.cpu.name ?? null}
      onChange={onChange}
    />
  );
}
