import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import type { SelectOption } from "../controls/select.tsx";
import { formatMemory } from "../format/bytes.ts";
import { CPU } from "./job-form.ts";

type DeviceSelectProps = {
  readonly device: RunDevice;
  readonly report: GpuReport | null;
  readonly onChange: (device: string) => void;
};

export function DeviceSelect({ device, report, onChange }: DeviceSelectProps) {
  return (
    <Field label="Device" hint="A run waits until its device is free.">
      <Select
        value={device.kind === "cpu" ? CPU : (device.uuids[0] ?? CPU)}
        options={deviceOptions(report)}
        onChange={onChange}
      />
    </Field>
  );
}

function deviceOptions(report: GpuReport | null): readonly SelectOption<string>[] {
  const gpus = (report?.gpus ?? []).flatMap(({ uuid, index, name, memoryTotalMb }) =>
    uuid === null
      ? []
      : [{ value: uuid, label: `GPU ${index}`, detail: `${name}, ${formatMemory(memoryTotalMb)}` }],
  );
  const cpu = { value: CPU, label: "CPU" };
  return [...gpus, report === null ? cpu : { ...cpu, detail: report.cpu.name }];
}
