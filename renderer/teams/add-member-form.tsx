import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import type { Team } from "../../shared/contract/sync.ts";
import { isEmail } from "../accounts/sign-in-fields.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import type { Action } from "../core/use-action.ts";
import styles from "./teams-section.module.css";

type AddMemberFormProps = {
  readonly team: Team;
  readonly addMember: Action<[teamId: string, email: string]>;
};

export function AddMemberForm({ team, addMember }: AddMemberFormProps) {
  const [email, setEmail] = useState("");
  const [isTried, setIsTried] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (isEmail(email)) addMember.run(team.id, email.trim());
  };
  // One answer for all forms: it belongs to the one that was sent.
  const refusal = isTried ? addMember.error?.message : undefined;
  return (
    <form
      className={styles.form}
      aria-label={`Add a member to ${team.name}`}
      onSubmit={submit}
      noValidate
    >
      <Field
        label="Add a member"
        hint="By the e-mail address with which they sign in to this project."
        problem={isTried && !isEmail(email) ? "This is not an e-mail address." : refusal}
      >
        <TextInput value={email} onChange={setEmail} placeholder="name@example.org" />
      </Field>
      <Button isSubmit icon={UserPlus} isBusy={addMember.isRunning} disabled={email.trim() === ""}>
        Add
      </Button>
    </form>
  );
}
