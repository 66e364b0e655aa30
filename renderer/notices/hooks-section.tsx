import { Send } from "lucide-react";
import type { NoticeHooks } from "../../shared/contract/notifications.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Select } from "../controls/select.tsx";
import type { SelectOption } from "../controls/select.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { CommandHook } from "./command-hook.tsx";
import styles from "./hooks-section.module.css";
import { TrialResult } from "./trial-result.tsx";
import { useHooks } from "./use-hooks.ts";
import type { HooksDesk } from "./use-hooks.ts";
import { WebhookList } from "./webhook-list.tsx";

const PRIORITIES: readonly SelectOption<NoticeHooks["leastPriority"]>[] = [
  { value: "low", label: "All" },
  { value: "normal", label: "Normal and above" },
  { value: "high", label: "High and urgent" },
  { value: "urgent", label: "Urgent only" },
];

/** Who is told besides the list behind the bell. */
export function HooksSection() {
  const desk = useHooks();
  const { hooks } = desk;
  return (
    <Section title="Notifications">
      {hooks.state === "loading" && <Skeleton label="notification settings" rows={4} />}
      {hooks.state === "failed" && (
        <Note tone="bad" title="Where to be told could not be fetched">
          {hooks.error.message}
        </Note>
      )}
      {hooks.state === "ready" && <Hooks desk={desk} hooks={hooks.value} />}
    </Section>
  );
}

type HooksProps = { readonly desk: HooksDesk; readonly hooks: NoticeHooks };

function Hooks({ desk, hooks }: HooksProps) {
  const { save, tryAll, trial, canSetCommand } = desk;
  const change = (part: Partial<NoticeHooks>): void => save.run({ ...hooks, ...part });
  const isAny = hooks.webhooks.length > 0 || hooks.command !== null;
  return (
    <div className={styles.parts}>
      <SwitchRow
        label="Desktop notifications"
        hint="Of the operating system, while the desktop app is open or in the tray."
        isOn={hooks.isDesktopOn}
        onChange={(isDesktopOn) => change({ isDesktopOn })}
      />
      <div className={styles.least}>
        <Field
          label="Which ones"
          hint="All of them are behind the bell; these are told elsewhere, too."
        >
          <Select<NoticeHooks["leastPriority"]>
            value={hooks.leastPriority}
            options={PRIORITIES}
            onChange={(leastPriority) => change({ leastPriority })}
          />
        </Field>
      </div>
      <WebhookList
        webhooks={hooks.webhooks}
        isBusy={save.isRunning}
        onChange={(webhooks) => change({ webhooks: [...webhooks] })}
      />
      <CommandHook
        key={JSON.stringify(hooks.command)}
        command={hooks.command}
        canSet={canSetCommand}
        isBusy={save.isRunning}
        onChange={(command) => change({ command: command === null ? null : [...command] })}
      />
      {save.error !== null && (
        <Note tone="bad" title="This was not saved">
          {save.error.message}
        </Note>
      )}
      <div>
        <Button icon={Send} onClick={tryAll.run} isBusy={tryAll.isRunning} disabled={!isAny}>
          {tryAll.isRunning ? "Sending…" : "Send a trial"}
        </Button>
      </div>
      {tryAll.error !== null && (
        <Note tone="bad" title="The trial could not be sent">
          {tryAll.error.message}
        </Note>
      )}
      {trial !== null && <TrialResult trial={trial} />}
    </div>
  );
}
