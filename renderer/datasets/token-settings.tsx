import { useState } from "react";
import { hyperparametersSchema } from "../../shared/contract/hyperparameters.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { formatCount } from "../format/numbers.ts";
import { shortModelName } from "../jobs/job-words.ts";
import styles from "./token-settings.module.css";
import type { LongRows, TokenChoice } from "./use-token-choice.ts";

const LONG_ROWS: readonly { readonly value: LongRows; readonly label: string }[] = [
  { value: "truncate", label: "Truncate" },
  { value: "split", label: "Split" },
  { value: "drop", label: "Drop" },
];

const LENGTH = hyperparametersSchema.shape.max_sequence_tokens;

type TokenSettingsProps = {
  readonly models: readonly ReadyModel[];
  readonly choice: TokenChoice;
};

/** What decides how rows become tokens. */
export function TokenSettings({ models, choice }: TokenSettingsProps) {
  const { modelId, maxSequenceTokens, longRows } = choice;
  const [typed, setTyped] = useState<string | null>(null);
  const length = typed === null ? null : LENGTH.safeParse(Number(typed.trim()));
  const problem =
    length?.success === false
      ? `A whole number, ${formatCount(LENGTH.minValue ?? 1)} to ${formatCount(LENGTH.maxValue ?? 1)}.`
      : undefined;
  const commit = (): void => {
    if (length?.success !== true) return;
    choice.setMaxSequenceTokens(length.data);
    setTyped(null);
  };
  return (
    <fieldset className={styles.bar} aria-label="How rows are read">
      <div className={styles.model}>
        <Field label="Base model">
          <Select
            value={modelId ?? ""}
            options={models.map(({ id, name, details }) => ({
              value: id,
              label: shortModelName(name),
              detail: details.hasChatTemplate ? "Has a chat template" : "No chat template",
            }))}
            onChange={choice.chooseModel}
          />
        </Field>
      </div>
      <div className={styles.length}>
        <Field label="Longest row" problem={problem}>
          <TextInput
            value={typed ?? String(maxSequenceTokens)}
            onChange={setTyped}
            onDone={commit}
            unit="tokens"
            isNumber
          />
        </Field>
      </div>
      <div className={styles.long}>
        <Field label="Longer rows">
          <Select value={longRows} options={LONG_ROWS} onChange={choice.setLongRows} />
        </Field>
      </div>
    </fieldset>
  );
}
