import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { NONE } from "./change-fields.ts";
import type { ChangeField } from "./change-fields.ts";

type ChangeFieldControlProps = {
  readonly field: ChangeField;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
};

/** One column, called as the project calls it. */
export function ChangeFieldControl({ field, text, problem, onChange }: ChangeFieldControlProps) {
  return (
    <Field label={field.column} problem={problem}>
      {field.kind === "choice" && (
        <Select
          value={text}
          options={field.options.map((value) => ({
            value,
            label: value === NONE ? "none" : value,
          }))}
          onChange={onChange}
        />
      )}
      {field.kind === "json" && <TextArea value={text} onChange={onChange} rows={4} isMono />}
      {field.kind === "text" && field.isLong && (
        <TextArea value={text} onChange={onChange} rows={3} />
      )}
      {((field.kind === "text" && !field.isLong) || field.kind === "number") && (
        <TextInput value={text} onChange={onChange} isNumber={field.kind === "number"} />
      )}
    </Field>
  );
}
