import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import type { Team } from "../../shared/contract/teams.ts";
import { isEmail } from "../accounts/sign-in-fields.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import type { Action } from "../core/use-action.ts";
import styles from "./teams-section.module.css";

type InviteFormProps = {
  readonly team: Team;
  readonly invite: Action<[teamId: string, email: string]>;
};

export function InviteForm({ team, invite }: InviteFormProps) {
  const [email, setEmail] = useState("");
  const [isTried, setIsTried] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (problemOf(email, team) === null) invite.run(team.id, email.trim());
  };
  // One answer for all forms: it belongs to the one that was sent.
  const refusal = invite.error?.message;
  return (
    <form
      className={styles.form}
      aria-label={`Invite somebody to ${team.name}`}
      onSubmit={submit}
      noValidate
    >
      <Field
        label="Invite by e-mail address"
        hint="The one with which they sign in to this project. They find the invitation in LoRA Desk; no mail is sent."
        problem={isTried ? (problemOf(email, team) ?? refusal) : undefined}
      >
        <TextInput value={email} onChange={setEmail} placeholder="name@example.org" />
      </Field>
      <Button isSubmit icon={UserPlus} isBusy={invite.isRunning} disabled={email.trim() === ""}>
        Invite
      </Button>
    </form>
  );
}

/** The project answers alike for everybody, so that it tells nothing; of members we know. */
function problemOf(email: string, { name, members }: Team): string | null {
  if (!isEmail(email)) return "This is not an e-mail address.";
  const wanted = email.trim().toLowerCase();
  const isMember = members.some((member) => member.email.toLowerCase() === wanted);
  return isMember ? `${email.trim()} is in ${name} already.` : null;
}
