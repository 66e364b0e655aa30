import type { Artifact } from "../../shared/contract/job-records.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { OUTTYPES, isGguf } from "./export-choice.ts";
import type { ExportChoice } from "./export-choice.ts";
import styles from "./export-options.module.css";

const LONGEST_NAME = 100;

const CONTENTS = [
  { value: "adapter", label: "The adapter alone", detail: "Small; used with the base's own GGUF." },
  { value: "merged", label: "The merged model", detail: "Large; needs nothing beside it." },
] as const;

type ExportOptionsProps = {
  readonly choice: ExportChoice;
  readonly artifact: Artifact;
  /** There is no other way for this adapter. */
  readonly isMergedAnyway: boolean;
  readonly onChange: (change: Partial<ExportChoice>) => void;
};

export function ExportOptions({ choice, artifact, isMergedAnyway, onChange }: ExportOptionsProps) {
  const { kind, name, outtype, isMergedFirst } = choice;
  if (kind === "peft") {
    return (
      <div className={styles.path}>
        <code>{artifact.path}</code>
        <CopyButton label="Copy path of the PEFT folder" text={artifact.path} />
      </div>
    );
  }
  return (
    <div className={styles.options}>
      {isGguf(kind) && !isMergedAnyway && (
        <Field label="Contents">
          <Select
            value={isMergedFirst ? "merged" : "adapter"}
            options={CONTENTS}
            onChange={(value) => onChange({ isMergedFirst: value === "merged" })}
          />
        </Field>
      )}
      {isGguf(kind) && (
        <Field label="Number type">
          <Select
            value={outtype}
            options={OUTTYPES}
            onChange={(value) => onChange({ outtype: value })}
          />
        </Field>
      )}
      <Field label="Name" hint={NAME_HINTS[kind]}>
        <TextInput
          value={name}
          onChange={(value) => onChange({ name: value })}
          placeholder={artifact.name}
          maxLength={LONGEST_NAME}
        />
      </Field>
    </div>
  );
}

const NAME_HINTS = {
  merged: "Of the folder.",
  gguf: "Of the folder.",
  ollama: "Of the folder and of the model in Ollama.",
  vllm: "Under which requests ask for the adapter.",
} as const;
