import { useNavigate } from "@tanstack/react-router";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { AccountMenu } from "./account-menu.tsx";
import { useAccountActions } from "./use-account-actions.ts";

/** Whose work is shown, in sight from everywhere as soon as there is more than the local work. */
export function RailAccount() {
  const accounts = useDesk((state) => valueOr(state.accounts, null));
  const actions = useAccountActions();
  const navigate = useNavigate();
  if (accounts === null || accounts.accounts.length === 0) return null;
  return (
    <AccountMenu
      accounts={accounts}
      actions={actions}
      look="line"
      onAdd={() => void navigate({ to: "/sync", search: { signIn: true } })}
    />
  );
}
