import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { ProjectFindings } from "./project-findings.tsx";
import styles from "./supabase-section.module.css";
import { useProjectCheck } from "./use-project-check.ts";

/** Looks at the team's project with the key that is meant to be public, and changes nothing. */
export function SupabaseSection() {
  const [url, setUrl] = useState("");
  const [anonKey, setAnonKey] = useState("");
  const { check, outcome, isRunning, error } = useProjectCheck();
  const isFilledIn = url.trim() !== "" && anonKey.trim() !== "";

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isFilledIn) check({ url, anonKey });
  }

  return (
    <Section title="Supabase">
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.words}>
          Whether your team&apos;s project has the tables, functions and buckets that LoRA Desk
          needs. Nothing is stored or changed. LoRA Desk works without a project, too.
        </p>
        <Field label="Project address" hint="Dashboard → Project Settings → Data API">
          <TextInput value={url} onChange={setUrl} placeholder="https://….supabase.co" isMono />
        </Field>
        <Field label="Publishable (anon) key" hint="Never the secret or service_role key">
          <TextInput value={anonKey} onChange={setAnonKey} placeholder="sb_publishable_…" isMono />
        </Field>
        <div>
          <Button isSubmit isBusy={isRunning} disabled={!isFilledIn}>
            {isRunning ? "Checking…" : "Check this project"}
          </Button>
        </div>
      </form>
      {error !== null && <Note tone="bad">{error.message}</Note>}
      {outcome !== null && !isRunning && <ProjectFindings check={outcome} />}
    </Section>
  );
}
