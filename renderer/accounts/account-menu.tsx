import { Menu } from "@base-ui/react/menu";
import { Check, ChevronsUpDown, HardDrive, LogOut, UserPlus, UserRound, Users } from "lucide-react";
import { useNavigate } from "@tanstack/react-router";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { buttonClass } from "../controls/button.tsx";
import menuStyles from "../controls/action-menu.module.css";
import { formatCountOf } from "../format/numbers.ts";
import { useInvitations } from "../teams/use-invitations.ts";
import styles from "./account-menu.module.css";
import { accountTrouble, projectName } from "./account-words.ts";
import type { AccountActions } from "./use-account-actions.ts";

type AccountMenuProps = {
  readonly accounts: Accounts;
  readonly actions: AccountActions;
  readonly onAdd: () => void;
  /** In the rail it is a line of its own, without a frame. */
  readonly look?: "button" | "line";
};

/** Whose work is shown, and how to come to another's. */
export function AccountMenu({ accounts, actions, onAdd, look = "button" }: AccountMenuProps) {
  const active = accounts.accounts.find(({ id }) => id === accounts.activeId) ?? null;
  const name = active === null ? "No account" : active.email;
  const invitations = useInvitations();
  const navigate = useNavigate();
  const asked =
    invitations.length === 0 ? "" : `, ${formatCountOf(invitations.length, "invitation")}`;
  return (
    <Menu.Root>
      <Menu.Trigger
        className={look === "line" ? styles.line : `${buttonClass({})} ${styles.trigger}`}
        aria-label={`Account: ${name}${asked}`}
        disabled={actions.open.isRunning}
      >
        {active === null ? (
          <HardDrive size={13} aria-hidden />
        ) : (
          <UserRound size={13} aria-hidden />
        )}
        <span className={styles.name}>{name}</span>
        {asked !== "" && <span className={styles.dot} aria-hidden />}
        <ChevronsUpDown size={12} aria-hidden className={styles.arrow} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner
          className={menuStyles.positioner}
          align={look === "line" ? "start" : "end"}
          sideOffset={4}
          collisionPadding={8}
        >
          <Menu.Popup className={`${menuStyles.popup} ${styles.popup}`}>
            <Menu.RadioGroup
              value={accounts.activeId ?? ""}
              onValueChange={(id: string) => actions.open.run(id === "" ? null : id)}
            >
              {accounts.accounts.map((account) => (
                <AccountItem
                  key={account.id}
                  value={account.id}
                  name={account.email}
                  detail={accountDetail(account)}
                />
              ))}
              <AccountItem value="" name="No account" detail="Local work on this computer" />
            </Menu.RadioGroup>
            <Menu.Separator className={styles.separator} />
            {invitations.map(({ teamId, teamName }) => (
              <Menu.Item
                key={teamId}
                className={menuStyles.item}
                onClick={() => void navigate({ to: "/sync" })}
              >
                <Users size={14} aria-hidden />
                <span className={styles.name}>Invitation to “{teamName}”…</span>
              </Menu.Item>
            ))}
            <Menu.Item className={menuStyles.item} onClick={onAdd}>
              <UserPlus size={14} aria-hidden />
              Sign in to another account…
            </Menu.Item>
            {active?.isSignedIn === true && (
              <Menu.Item className={menuStyles.item} onClick={() => actions.signOut.run(active.id)}>
                <LogOut size={14} aria-hidden />
                Sign out
              </Menu.Item>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

type AccountItemProps = {
  readonly value: string;
  readonly name: string;
  readonly detail: string;
};

function AccountItem({ value, name, detail }: AccountItemProps) {
  return (
    <Menu.RadioItem value={value} className={styles.item} closeOnClick>
      <span className={styles.tick}>
        <Menu.RadioItemIndicator>
          <Check size={13} aria-hidden />
        </Menu.RadioItemIndicator>
      </span>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.detail}>{detail}</span>
      </span>
    </Menu.RadioItem>
  );
}

function accountDetail(account: Account): string {
  const trouble = accountTrouble(account);
  const project = projectName(account.projectUrl);
  return trouble === null ? project : `${project} · ${trouble}`;
}
