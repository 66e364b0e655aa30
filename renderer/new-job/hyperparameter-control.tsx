import { assertNever } from "../../shared/contract/assert-never.ts";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { TextInput } from "../controls/text-input.tsx";
import type { HyperparameterField } from "../jobs/hyperparameter-field.ts";
import styles from "./hyperparameter-control.module.css";

const ON_OFF = [
  { value: "false", label: "Off" },
  { value: "true", label: "On" },
] as const;

type HyperparameterControlProps = {
  readonly field: HyperparameterField;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
};

export function HyperparameterControl(props: HyperparameterControlProps) {
  const { field, text, problem, onChange } = props;
  const isWide = field.kind === "prompts";
  return (
    <div className={isWide ? styles.wide : styles.control}>
      <Field label={field.label} hint={field.hint} problem={problem}>
        {control(field, text, onChange)}
      </Field>
    </div>
  );
}

function control(field: HyperparameterField, text: string, onChange: (text: string) => void) {
  switch (field.kind) {
    case "choice":
      return <Select value={text} options={field.choices} onChange={onChange} />;
    case "flag":
      return <Select value={text} options={ON_OFF} onChange={onChange} />;
    case "modules":
      return <TextInput value={text} onChange={onChange} isMono />;
    case "prompts":
      return (
        <TextArea
          value={text}
          onChange={onChange}
          rows={3}
          placeholder="How many minutes are two hours?"
        />
      );
    case "optional":
      return (
        <TextInput
          value={text}
          onChange={onChange}
          placeholder={field.whenEmpty}
          unit={field.unit}
          isNumber
        />
      );
    case "number":
      return <TextInput value={text} onChange={onChange} unit={field.unit} isNumber />;
    default:
      return assertNever(field);
  }
}
