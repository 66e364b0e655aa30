import { Mail } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import type { Action } from "../core/use-action.ts";
import type { SignInFields } from "./sign-in-fields.ts";
import styles from "./sign-in-form.module.css";

type SignInProofProps = {
  readonly fields: SignInFields;
  readonly onChange: (part: Partial<SignInFields>) => void;
  readonly codeSentTo: string | null;
  readonly sendCode: Action<[SignInFields]>;
  /** The project and the address are filled in. */
  readonly canSend: boolean;
};

/** That it is oneself: by a password, or by a code that comes by mail. */
export function SignInProof(props: SignInProofProps) {
  const { fields, onChange, codeSentTo, sendCode, canSend } = props;
  if (fields.way === "password") {
    return (
      <Field label="Password">
        <TextInput
          value={fields.password}
          onChange={(password) => onChange({ password })}
          isSecret
        />
      </Field>
    );
  }
  return (
    <div className={styles.code}>
      <Field
        label="Code"
        hint={
          codeSentTo === null
            ? "Sent by the project to your address. It works once."
            : `Sent to ${codeSentTo}. It may take a minute; look among unwanted mail, too.`
        }
      >
        <TextInput value={fields.code} onChange={(code) => onChange({ code })} isMono />
      </Field>
      <Button
        icon={Mail}
        isBusy={sendCode.isRunning}
        disabled={!canSend}
        onClick={() => sendCode.run(fields)}
      >
        {codeSentTo === null ? "Send a code" : "Send another"}
      </Button>
    </div>
  );
}
