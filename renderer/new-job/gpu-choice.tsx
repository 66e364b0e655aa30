import { Checkbox } from "@base-ui/react/checkbox";
import { CheckboxGroup } from "@base-ui/react/checkbox-group";
import { Check } from "lucide-react";
import { useId } from "react";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { Segments } from "../controls/segments.tsx";
import { formatMemory } from "../format/bytes.ts";
import styles from "./gpu-choice.module.css";
import { CPU } from "./job-form.ts";
import type { DeviceWish } from "./job-form.ts";
import type { UsableGpu } from "./usable-gpu.ts";

const KINDS = [
  { value: "cuda", label: "GPUs" },
  { value: "cpu", label: "CPU" },
] as const;

type GpuChoiceProps = {
  readonly device: RunDevice;
  readonly gpus: readonly UsableGpu[];
  readonly cpuName: string;
  readonly onChange: (device: DeviceWish) => void;
};

/** Any number of GPUs, but at least one; or the CPU. */
export function GpuChoice({ device, gpus, cpuName, onChange }: GpuChoiceProps) {
  const id = useId();
  const chosen = device.kind === "cpu" ? [] : device.uuids;
  const chooseKind = (kind: RunDevice["kind"]): void => {
    onChange(kind === "cpu" ? CPU : gpus.slice(0, 1).map(({ uuid }) => uuid));
  };
  return (
    <div className={styles.choice}>
      <div className={styles.heading}>
        <span id={id} className={styles.label}>
          Device
        </span>
        <Segments
          label="Kind of device"
          segments={KINDS}
          value={device.kind}
          onChange={chooseKind}
        />
      </div>
      {device.kind === "cpu" ? (
        <p className={styles.hint}>{cpuName}</p>
      ) : (
        <CheckboxGroup
          className={styles.gpus}
          aria-labelledby={id}
          value={[...chosen]}
          onValueChange={onChange}
        >
          {gpus.map(({ uuid, index, name, memoryTotalMb }) => (
            <Checkbox.Root
              key={uuid}
              value={uuid}
              className={styles.gpu}
              aria-label={`GPU ${index}, ${name}`}
              // A run has at least one: the last is not taken away.
              disabled={chosen.length === 1 && chosen[0] === uuid}
            >
              <span className={styles.box}>
                <Checkbox.Indicator className={styles.mark}>
                  <Check size={11} strokeWidth={3} aria-hidden />
                </Checkbox.Indicator>
              </span>
              <span className={styles.name}>GPU {index}</span>
              <span className={styles.detail}>{name}</span>
              <span className={styles.memory}>{formatMemory(memoryTotalMb)}</span>
            </Checkbox.Root>
          ))}
        </CheckboxGroup>
      )}
      <p className={styles.hint}>
        {chosen.length > 1
          ? `Each of the ${chosen.length} GPUs adds its micro-batches to a step.`
          : "A run waits until its device is free."}
      </p>
    </div>
  );
}
