import { useState } from "react";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { LocalWorkNote } from "../accounts/local-work-note.tsx";
import { SignInForm } from "../accounts/sign-in-form.tsx";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { InvitationNotices } from "../teams/invitation-notices.tsx";
import { TeamsSection } from "../teams/teams-section.tsx";
import { TransfersSection } from "../transfers/transfers-section.tsx";
import { OverwrittenSection } from "./overwritten-section.tsx";
import { QuarantineSection } from "./quarantine-section.tsx";
import { SyncCounters } from "./sync-counters.tsx";

type SyncOverviewProps = { readonly accounts: Accounts; readonly account: Account };

/** Where everything stands, what needs a person first. */
export function SyncOverview({ accounts, account }: SyncOverviewProps) {
  const [answers, setAnswers] = useState(0);
  const status = useDesk((state) => state.syncStatus);
  if (status.state === "loading") {
    return <Skeleton label="the state of syncing" rows={4} rowHeight={24} />;
  }
  if (status.state === "failed") {
    return (
      <Note tone="bad" title="How syncing stands could not be fetched">
        {status.error.message}
      </Note>
    );
  }
  const { counts, lastError, state } = status.value;
  return (
    <>
      {!account.isSignedIn && <SignInAgain accounts={accounts} account={account} />}
      <InvitationNotices onAnswered={() => setAnswers((count) => count + 1)} />
      <LocalWorkNote accounts={accounts} />
      <SyncCounters counts={counts} />
      {lastError !== null && state !== "signed_out" && (
        <Note tone={state === "waiting" ? "warning" : "bad"} title="What stood in the way last">
          {lastError.message}
        </Note>
      )}
      <QuarantineSection />
      <TransfersSection />
      <OverwrittenSection />
      <TeamsSection account={account} answers={answers} />
    </>
  );
}

/** Its file stays open: one can work on, and what changes waits. */
function SignInAgain({ accounts, account }: SyncOverviewProps) {
  const [isOpen, setIsOpen] = useState(false);
  if (!isOpen) {
    return (
      <Note
        tone="warning"
        title={`${account.email} is signed out`}
        action={
          <Button size="small" onClick={() => setIsOpen(true)}>
            Sign in again
          </Button>
        }
      >
        You can work on. What changes is kept here and is sent once you have signed in again.
      </Note>
    );
  }
  return (
    <Section title="Sign in again">
      <SignInForm
        accounts={accounts}
        account={account}
        onDone={() => setIsOpen(false)}
        onCancel={() => setIsOpen(false)}
      />
    </Section>
  );
}
