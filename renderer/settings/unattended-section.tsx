import { useState } from "react";
import type { Settings } from "../../shared/contract/settings.ts";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { useDesk } from "../core/desk.tsx";
import { decimalNumber } from "../format/decimal-number.ts";
import styles from "./unattended-section.module.css";
import { useUpdateSettings } from "./use-update-settings.ts";

const MOST_SECONDS = 86_400;

/** What happens to runs while nobody looks. */
export function UnattendedSection() {
  const settings = useDesk((state) => state.settings);
  return (
    <Section title="Unattended runs">
      {settings.state === "loading" && <Skeleton label="settings" rows={2} />}
      {settings.state === "failed" && (
        <Note tone="bad" title="The settings could not be fetched">
          {settings.error.message}
        </Note>
      )}
      {settings.state === "ready" && <Choices settings={settings.value} />}
    </Section>
  );
}

type ChoicesProps = { readonly settings: Settings };

function Choices({ settings: { isStartedAtLogin, stopGraceSeconds } }: ChoicesProps) {
  const update = useUpdateSettings();
  return (
    <div className={styles.parts}>
      <SwitchRow
        label="Start LoRA Desk at login"
        hint="Runs go on without it, but queued and interrupted ones, as after a restart, need it to be started."
        isOn={isStartedAtLogin}
        onChange={(isOn) => update.run({ isStartedAtLogin: isOn })}
      />
      <GraceField
        key={stopGraceSeconds}
        seconds={stopGraceSeconds}
        onSave={(seconds) => update.run({ stopGraceSeconds: seconds })}
      />
    </div>
  );
}

type GraceFieldProps = { readonly seconds: number; readonly onSave: (seconds: number) => void };

function GraceField({ seconds, onSave }: GraceFieldProps) {
  const [text, setText] = useState(String(seconds));
  const value = decimalNumber(text.trim());
  const isGood = Number.isInteger(value) && value >= 0 && value <= MOST_SECONDS;
  const save = (): void => {
    if (isGood && value !== seconds) onSave(value);
  };
  return (
    <div className={styles.grace}>
      <Field
        label="Time for a checkpoint when a run is stopped"
        hint="After that it is asked by SIGTERM, and a minute later its processes are killed."
        problem={isGood ? undefined : `Whole seconds, from 0 to ${MOST_SECONDS}.`}
      >
        <TextInput value={text} onChange={setText} unit="s" isNumber onDone={save} />
      </Field>
    </div>
  );
}
