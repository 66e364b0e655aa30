import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import type { SelectOption } from "../controls/select.tsx";
import { formatMemory } from "../format/bytes.ts";
import { CPU } from "./job-form.ts";
import type { DeviceWish } from "./job-form.ts";
import type { UsableGpu } from "./usable-gpu.ts";

type DeviceSelectProps = {
  readonly device: RunDevice;
  readonly gpus: readonly UsableGpu[];
  /** Null as long as nobody has said. */
  readonly cpuName: string | null;
  readonly onChange: (device: DeviceWish) => void;
};

export function DeviceSelect({ device, gpus, cpuName, onChange }: DeviceSelectProps) {
  return (
    <Field label="Device" hint="A run waits until its device is free.">
      <Select
        value={device.kind === "cpu" ? CPU : (device.uuids[0] ?? CPU)}
        options={deviceOptions(gpus, cpuName)}
        onChange={(value) => onChange(value === CPU ? CPU : [value])}
      />
    </Field>
  );
}

function deviceOptions(
  gpus: readonly UsableGpu[],
  cpuName: string | null,
): readonly SelectOption<string>[] {
  const options = gpus.map(({ uuid, index, name, memoryTotalMb }) => ({
    value: uuid,
    label: `GPU ${index}`,
    detail: `${name}, ${formatMemory(memoryTotalMb)}`,
  }));
  const cpu = { value: CPU, label: "CPU" };
  return [...options, cpuName === null ? cpu : { ...cpu, detail: cpuName }];
}
