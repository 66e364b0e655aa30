import { LogIn } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { localWorkWords } from "../../shared/local-work-words.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Segments } from "../controls/segments.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { ProjectFindings } from "../settings/project-findings.tsx";
import { useProjectCheck } from "../settings/use-project-check.ts";
import {
  canSignIn,
  hasPlace,
  isEmail,
  adoptsLocalWork,
  isProjectKnown,
  signInFields,
} from "./sign-in-fields.ts";
import styles from "./sign-in-form.module.css";
import { SignInProof } from "./sign-in-proof.tsx";
import { useSignIn } from "./use-sign-in.ts";

const WAYS = [
  { value: "password", label: "Password" },
  { value: "code", label: "Code by mail" },
] as const;

type SignInFormProps = {
  readonly accounts: Accounts;
  /** The account to be signed in again; null for another one. */
  readonly account: Account | null;
  readonly onDone: () => void;
  readonly onCancel?: (() => void) | undefined;
};

/** Where to sync to, and as whom. */
export function SignInForm({ accounts, account, onDone, onCancel }: SignInFormProps) {
  const [fields, setFields] = useState(() => signInFields(account));
  const project = useProjectCheck();
  const { signIn, sendCode, codeSentTo } = useSignIn(onDone);
  const change = (part: Partial<typeof fields>): void => setFields({ ...fields, ...part });
  const isKnown = isProjectKnown(fields, accounts.accounts);
  const local = localWorkWords(accounts.local);
  const isReady = canSignIn(fields, accounts.accounts);
  const error = signIn.error ?? sendCode.error;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isReady) signIn.run(fields, accounts);
  }

  return (
    <form className={styles.form} aria-label="Sign in" onSubmit={submit} noValidate>
      <Field label="Project address" hint="Dashboard → Project Settings → Data API">
        <TextInput
          value={fields.url}
          onChange={(url) => change({ url })}
          placeholder="https://….supabase.co"
          isMono
        />
      </Field>
      <Field
        label="Publishable (anon) key"
        hint={
          isKnown
            ? "Known from before. Fill it in only if the project has a new one."
            : "Never the secret or service_role key"
        }
      >
        <TextInput
          value={fields.anonKey}
          onChange={(anonKey) => change({ anonKey })}
          placeholder="sb_publishable_…"
          isMono
        />
      </Field>
      <div>
        <Button
          size="small"
          isBusy={project.isRunning}
          disabled={fields.url.trim() === "" || fields.anonKey.trim() === ""}
          onClick={() => project.check(fields)}
        >
          {project.isRunning ? "Checking…" : "Check this project"}
        </Button>
      </div>
      {project.error !== null && <Note tone="bad">{project.error.message}</Note>}
      {project.outcome !== null && !project.isRunning && (
        <ProjectFindings check={project.outcome} />
      )}
      <Field
        label="E-mail address"
        problem={
          fields.email.trim() === "" || isEmail(fields.email)
            ? undefined
            : "This is not an e-mail address yet."
        }
      >
        <TextInput value={fields.email} onChange={(email) => change({ email })} />
      </Field>
      <div className={styles.way}>
        <Segments
          label="How to sign in"
          segments={WAYS}
          value={fields.way}
          onChange={(way) => {
            change({ way });
            signIn.clearError();
            sendCode.clearError();
          }}
        />
      </div>
      <SignInProof
        fields={fields}
        onChange={change}
        codeSentTo={codeSentTo}
        sendCode={sendCode}
        canSend={hasPlace(fields, accounts.accounts)}
      />
      {local !== null && (
        <SwitchRow
          label={`Take my local work along: ${local}`}
          hint="It becomes this account’s and is synced. Left here, it stays as local work without an account."
          isOn={adoptsLocalWork(fields, accounts)}
          onChange={(isAdopting) => change({ isAdopting })}
        />
      )}
      {error !== null && <Note tone="bad">{error.message}</Note>}
      <div className={styles.actions}>
        <Button isSubmit look="primary" icon={LogIn} isBusy={signIn.isRunning} disabled={!isReady}>
          {signIn.isRunning ? "Signing in…" : "Sign in"}
        </Button>
        {onCancel !== undefined && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
