import { useEffect, useRef, useState } from "react";
import type { FormEvent, KeyboardEvent } from "react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import styles from "./rename-form.module.css";
import { useRenameDataset } from "./use-dataset-actions.ts";

const LONGEST_NAME = 200;

type RenameFormProps = { readonly dataset: Dataset; readonly onClose: () => void };

export function RenameForm({ dataset, onClose }: RenameFormProps) {
  const [name, setName] = useState(dataset.name);
  const rename = useRenameDataset(dataset.id, onClose);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.select(), []);

  const wanted = name.trim();
  const problem = wanted === "" ? "A dataset needs a name." : rename.error?.message;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wanted === dataset.name) onClose();
    else if (wanted !== "") rename.run(wanted);
  };
  const closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClose();
  };
  return (
    <form ref={form} className={styles.form} aria-label="Rename dataset" onSubmit={submit}>
      {/* Escape is a shortcut for the Cancel button beside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className={styles.field} onKeyDown={closeOnEscape}>
        <Field label="Name" problem={problem}>
          <TextInput
            value={name}
            onChange={(next) => {
              setName(next);
              rename.clearError();
            }}
            maxLength={LONGEST_NAME}
          />
        </Field>
      </div>
      <Button look="primary" isSubmit isBusy={rename.isRunning}>
        Save
      </Button>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
    </form>
  );
}
