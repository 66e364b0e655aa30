import { useState } from "react";
import type { QuarantinedChange } from "../../shared/contract/sync.ts";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Segments } from "../controls/segments.tsx";
import { TextArea } from "../controls/text-area.tsx";
import type { Action } from "../core/use-action.ts";
import { ChangeFieldControl } from "./change-field-control.tsx";
import { changedValues, changeFields, fieldText, readField, readValues } from "./change-fields.ts";
import type { ChangeValues } from "./change-fields.ts";
import styles from "./edit-change-dialog.module.css";

const WAYS = [
  { value: "form", label: "Form" },
  { value: "json", label: "JSON" },
] as const;

type EditChangeDialogProps = {
  readonly change: QuarantinedChange;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly retryWith: Action<[ChangeValues]>;
};

/** The values of a refused change, to be mended and sent again. */
export function EditChangeDialog({ isOpen, ...rest }: EditChangeDialogProps) {
  // Opened anew it begins with the values as they are.
  return isOpen ? <OpenDialog {...rest} /> : null;
}

function OpenDialog({ change, onClose, retryWith }: Omit<EditChangeDialogProps, "isOpen">) {
  const { table, values, label, message } = change;
  const [fields] = useState(() => changeFields(table, values));
  const [way, setWay] = useState<"form" | "json">("form");
  const [json, setJson] = useState("");
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      fields.map((field) => [field.column, fieldText(field, values[field.column])]),
    ),
  );
  const readings = fields.map((field) => ({
    field,
    reading: readField(table, field, texts[field.column] ?? "", values[field.column]),
  }));
  const formValues = Object.fromEntries(
    readings.flatMap(({ field, reading }) =>
      "value" in reading ? [[field.column, reading.value] as const] : [],
    ),
  );
  const isFormGood = readings.every(({ reading }) => "value" in reading);
  const all = way === "json" ? readValues(table, json, values) : null;
  const ready =
    all === null ? (isFormGood ? formValues : null) : "values" in all ? all.values : null;
  const choose = (next: "form" | "json"): void => {
    if (next === way) return;
    if (next === "json") setJson(JSON.stringify({ ...values, ...formValues }, null, 2));
    else if (all !== null && "values" in all) {
      const given = all.values;
      setTexts(
        Object.fromEntries(
          fields.map((field) => [
            field.column,
            fieldText(field, given[field.column] ?? values[field.column]),
          ]),
        ),
      );
    }
    setWay(next);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${label}”`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={ready === null}
            isBusy={retryWith.isRunning}
            onClick={() => {
              if (ready !== null) retryWith.run(changedValues(values, ready));
            }}
          >
            Send again with these values
          </Button>
        </>
      }
    >
      <Note tone="warning">{message}</Note>
      <p className={styles.words}>
        What you change is sent again and is changed on this computer, too.
      </p>
      <div className={styles.way}>
        <Segments label="Edit as" segments={WAYS} value={way} onChange={choose} />
      </div>
      {way === "form" &&
        readings.map(({ field, reading }) => (
          <ChangeFieldControl
            key={field.column}
            field={field}
            text={texts[field.column] ?? ""}
            problem={"problem" in reading ? reading.problem : undefined}
            onChange={(text) => setTexts({ ...texts, [field.column]: text })}
          />
        ))}
      {way === "json" && (
        <Field label="Values" problem={all !== null && "problem" in all ? all.problem : undefined}>
          <TextArea value={json} onChange={setJson} rows={16} isMono />
        </Field>
      )}
      {retryWith.error !== null && <Note tone="bad">{retryWith.error.message}</Note>}
    </Dialog>
  );
}
