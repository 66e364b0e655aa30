import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import type { NoticeHooks } from "../../shared/contract/notifications.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Select } from "../controls/select.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { webhookAddress, webhookProblem } from "./webhook-address.ts";
import styles from "./webhook-list.module.css";

export type Webhook = NoticeHooks["webhooks"][number];

const MOST_WEBHOOKS = 5;
const KINDS = {
  slack: "Slack-compatible text",
  generic: "The notice as JSON",
} as const satisfies Record<Webhook["kind"], string>;
const KIND_OPTIONS = [
  { value: "slack", label: KINDS.slack, detail: "Slack, Mattermost, Discord (…/slack)" },
  { value: "generic", label: KINDS.generic },
] as const;

type WebhookListProps = {
  readonly webhooks: readonly Webhook[];
  readonly isBusy: boolean;
  readonly onChange: (webhooks: readonly Webhook[]) => void;
};

/** An address is a secret: once saved, the core shows no more than its host. */
export function WebhookList({ webhooks, isBusy, onChange }: WebhookListProps) {
  return (
    <div className={styles.webhooks}>
      <p className={styles.label}>Webhooks</p>
      {webhooks.length > 0 && (
        <ul className={styles.list}>
          {webhooks.map((webhook) => (
            <li key={`${webhook.kind} ${webhook.url}`} className={styles.webhook}>
              <code className={styles.address}>{webhookAddress(webhook.url)}</code>
              <span className={styles.kind}>{KINDS[webhook.kind]}</span>
              <IconButton
                label={`Remove the webhook at ${webhookAddress(webhook.url)}`}
                icon={X}
                disabled={isBusy}
                onClick={() => onChange(webhooks.filter((one) => one !== webhook))}
              />
            </li>
          ))}
        </ul>
      )}
      {webhooks.length < MOST_WEBHOOKS && (
        <AddWebhook
          // A saved one begins the form anew.
          key={webhooks.length}
          isBusy={isBusy}
          onAdd={(webhook) => onChange([...webhooks, webhook])}
        />
      )}
    </div>
  );
}

type AddWebhookProps = { readonly isBusy: boolean; readonly onAdd: (webhook: Webhook) => void };

function AddWebhook({ isBusy, onAdd }: AddWebhookProps) {
  const [url, setUrl] = useState("");
  const [kind, setKind] = useState<Webhook["kind"]>("slack");
  const problem = url.trim() === "" ? undefined : webhookProblem(url.trim());
  const canAdd = url.trim() !== "" && problem === undefined;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (canAdd) onAdd({ url: url.trim(), kind });
  };
  return (
    <form className={styles.form} aria-label="Add a webhook" onSubmit={send} noValidate>
      <Field
        label="Address"
        hint="https, or http for a program on this computer. Kept on this computer; only its host is shown from then on."
        problem={problem}
      >
        <TextInput value={url} onChange={setUrl} placeholder="https://hooks.…" isMono />
      </Field>
      <Field label="Takes">
        <Select<Webhook["kind"]> value={kind} options={KIND_OPTIONS} onChange={setKind} />
      </Field>
      <Button isSubmit icon={Plus} isBusy={isBusy} disabled={!canAdd}>
        Add
      </Button>
    </form>
  );
}
