import { Plus } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import type { Action } from "../core/use-action.ts";
import styles from "./teams-section.module.css";

const LONGEST_NAME = 200;

type CreateTeamFormProps = { readonly create: Action<[name: string]> };

export function CreateTeamForm({ create }: CreateTeamFormProps) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") create.run(name.trim());
  };
  return (
    <form className={styles.form} aria-label="Create a team" onSubmit={submit} noValidate>
      <Field label="New team" problem={create.error?.message}>
        <TextInput
          value={name}
          onChange={setName}
          placeholder="Name of the team"
          maxLength={LONGEST_NAME}
        />
      </Field>
      <Button isSubmit icon={Plus} isBusy={create.isRunning} disabled={name.trim() === ""}>
        Create
      </Button>
    </form>
  );
}
