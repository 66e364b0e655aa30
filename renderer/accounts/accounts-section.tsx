import { Link } from "@tanstack/react-router";
import { HardDrive, KeyRound, UserRound } from "lucide-react";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { localWorkWords } from "../../shared/local-work-words.ts";
import { Button, buttonClass } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import styles from "./accounts-section.module.css";
import { accountTrouble, projectName } from "./account-words.ts";
import { useAccountActions } from "./use-account-actions.ts";
import type { AccountActions } from "./use-account-actions.ts";
import { useFreshAccounts } from "./use-fresh-accounts.ts";

/** Everyone who has signed in on this computer. */
export function AccountsSection() {
  useFreshAccounts();
  const accounts = useDesk((state) => state.accounts);
  const actions = useAccountActions();
  return (
    <Section
      title="Accounts"
      aside={
        <Link to="/sync" className={buttonClass({ look: "quiet", size: "small" })}>
          Open Sync
        </Link>
      }
    >
      {accounts.state === "loading" && <Skeleton label="accounts" rows={2} />}
      {accounts.state === "failed" && (
        <Note tone="bad" title="The accounts could not be fetched">
          {accounts.error.message}
        </Note>
      )}
      {accounts.state === "ready" && <AccountList accounts={accounts.value} actions={actions} />}
    </Section>
  );
}

type AccountListProps = { readonly accounts: Accounts; readonly actions: AccountActions };

function AccountList({ accounts, actions }: AccountListProps) {
  const { activeId, accounts: all } = accounts;
  const local = localWorkWords(accounts.local);
  if (all.length === 0) {
    return (
      <p className={styles.words}>
        Nobody has signed in on this computer: all work stays here. Each account has a file of its
        own, so what is one’s never goes out under another’s name.
      </p>
    );
  }
  return (
    <ul className={styles.list}>
      {all.map((account) => (
        <li key={account.id} className={styles.account}>
          {account.isSignedIn ? (
            <UserRound size={15} aria-hidden />
          ) : (
            <KeyRound size={15} aria-hidden />
          )}
          <AccountWords account={account} />
          {account.id === activeId && <span className={styles.open}>In use</span>}
          {account.id !== activeId && (
            <OpenButton id={account.id} name={account.email} actions={actions} />
          )}
          {account.isSignedIn && (
            <Button
              size="small"
              look="quiet"
              isBusy={actions.signOut.isRunning}
              aria-label={`Sign out ${account.email}`}
              onClick={() => actions.signOut.run(account.id)}
            >
              Sign out
            </Button>
          )}
        </li>
      ))}
      <li className={styles.account}>
        <HardDrive size={15} aria-hidden />
        <span className={styles.person}>
          Local work without an account
          {local !== null && <span className={styles.detail}>{local}</span>}
        </span>
        {activeId === null ? (
          <span className={styles.open}>In use</span>
        ) : (
          <OpenButton id={null} name="local work" actions={actions} />
        )}
      </li>
    </ul>
  );
}

type AccountWordsProps = { readonly account: Account };

function AccountWords({ account }: AccountWordsProps) {
  const trouble = accountTrouble(account);
  return (
    <span className={styles.person}>
      {account.email}
      <span className={styles.detail}>
        {projectName(account.projectUrl)}
        {trouble !== null && ` · ${trouble}`}
      </span>
    </span>
  );
}

type OpenButtonProps = {
  readonly id: string | null;
  readonly name: string;
  readonly actions: AccountActions;
};

function OpenButton({ id, name, actions }: OpenButtonProps) {
  return (
    <Button
      size="small"
      isBusy={actions.open.isRunning}
      aria-label={`Open ${name}`}
      onClick={() => actions.open.run(id)}
    >
      Open
    </Button>
  );
}
