import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Accounts } from "../../shared/contract/accounts.ts";
import { AccountMenu } from "../accounts/account-menu.tsx";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { projectName } from "../accounts/account-words.ts";
import { SignInForm } from "../accounts/sign-in-form.tsx";
import { useAccountActions } from "../accounts/use-account-actions.ts";
import { useFreshAccounts } from "../accounts/use-fresh-accounts.ts";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { SyncButtons } from "./sync-buttons.tsx";
import { SyncOverview } from "./sync-overview.tsx";
import { SyncStateLine } from "./sync-state-line.tsx";
import styles from "./sync-view.module.css";

/** Where this computer's work stands to the team's project. */
export function SyncView() {
  useFreshAccounts();
  const accounts = useDesk((state) => state.accounts);
  if (accounts.state === "ready") return <OpenSyncView accounts={accounts.value} />;
  return (
    <Page title="Sync">
      <PageBody width={accounts.state === "failed" ? "measure" : "full"}>
        {accounts.state === "loading" && <Skeleton label="accounts" rows={5} rowHeight={24} />}
        {accounts.state === "failed" && (
          <Note tone="bad" title="The accounts could not be fetched">
            {accounts.error.message}
          </Note>
        )}
      </PageBody>
    </Page>
  );
}

type OpenSyncViewProps = { readonly accounts: Accounts };

function OpenSyncView({ accounts }: OpenSyncViewProps) {
  const { signIn: isAsked = false } = useSearch({ from: "/sync" });
  const navigate = useNavigate();
  const actions = useAccountActions();
  const active = useDesk(activeAccount);
  const setIsAsked = (isOn: boolean): void => {
    void navigate({ to: "/sync", search: isOn ? { signIn: true } : {}, replace: true });
  };
  const isForm = isAsked || active === null;
  return (
    <Page
      title="Sync"
      state={
        active === null ? (
          "Not signed in: everything stays on this computer"
        ) : (
          <>
            <span>{projectName(active.projectUrl)}</span>
            <SyncStateLine />
          </>
        )
      }
      actions={
        <>
          {active !== null && <SyncButtons />}
          {accounts.accounts.length > 0 && (
            <AccountMenu accounts={accounts} actions={actions} onAdd={() => setIsAsked(true)} />
          )}
        </>
      }
    >
      <PageBody>
        {isForm ? (
          <div className={styles.signIn}>
            <p className={styles.words}>
              Sign in to your team’s Supabase project, and datasets, jobs, curves, adapters, costs
              and notifications are kept there as well as here. LoRA Desk works without it: nothing
              is sent before you sign in, and what you make while the network is away waits here
              until it is back.
            </p>
            <Section title={active === null ? "Sign in" : "Sign in to another account"}>
              <SignInForm
                accounts={accounts}
                account={null}
                onDone={() => setIsAsked(false)}
                onCancel={active === null ? undefined : () => setIsAsked(false)}
              />
            </Section>
          </div>
        ) : (
          <SyncOverview accounts={accounts} account={active} />
        )}
      </PageBody>
    </Page>
  );
}
