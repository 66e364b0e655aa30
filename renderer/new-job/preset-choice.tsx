import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { PresetId } from "../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { formatCountOf } from "../format/numbers.ts";
import { plainRate } from "../jobs/hyperparameter-words.ts";
import styles from "./preset-choice.module.css";

const PRESETS: readonly PresetId[] = ["conservative", "balanced", "aggressive", "custom"];

type PresetChoiceProps = {
  readonly value: PresetId;
  readonly onChange: (id: PresetId) => void;
};

/** Starting points for the settings below them. */
export function PresetChoice({ value, onChange }: PresetChoiceProps) {
  return (
    <RadioGroup
      className={styles.presets}
      aria-label="Preset"
      value={value}
      onValueChange={(next) => onChange(next)}
    >
      {PRESETS.map((id) => {
        const { label, use_when } = HYPERPARAMETER_PRESETS[id];
        return (
          <Radio.Root key={id} value={id} className={styles.preset} aria-label={label}>
            <span className={styles.label}>{label}</span>
            <span className={styles.when}>
              {id === "custom" ? "You know which values you want: change any below." : use_when}
            </span>
            <span className={styles.values}>{presetValues(id)}</span>
          </Radio.Root>
        );
      })}
    </RadioGroup>
  );
}

function presetValues(id: PresetId): string {
  if (id === "custom") return "your values";
  const { rank, learning_rate, epochs } = HYPERPARAMETER_PRESETS[id];
  return `rank ${rank}\n${plainRate(learning_rate)} over ${formatCountOf(epochs, "epoch")}`;
}
