import { useNavigate, useRouter } from "@tanstack/react-router";
import type { Accounts } from "../../shared/contract/accounts.ts";
import { signedOutWords } from "../../shared/not-in-project-words.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveAccounts } from "./accounts-slice.ts";

export type AccountActions = {
  /** Null: local work without an account. */
  readonly open: Action<[id: string | null]>;
  /** Local work without an account becomes the open account's. */
  readonly adopt: Action<[]>;
  readonly signOut: Action<[id: string]>;
};

export function useAccountActions(): AccountActions {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const navigate = useNavigate();
  const router = useRouter();

  const receive = (accounts: Accounts): void =>
    store.setState((state) => receiveAccounts(state, accounts));
  const open = useAction(async (id: string | null) => {
    const accounts = await client.request("accounts.use", { id });
    // A dataset or a job of one account is nowhere in another.
    const [place] = /^\/(datasets|jobs)(?=\/)/.exec(router.state.location.pathname) ?? [];
    if (place !== undefined) await navigate({ to: place });
    receive(accounts);
  }, notify.failed);
  const adopt = useAction(async () => {
    receive(await client.request("accounts.adoptLocal", {}));
    notify.done("The local work is this account’s now, and is synced.");
  }, notify.failed);
  const signOut = useAction(async (id: string) => {
    const accounts = await client.request("accounts.signOut", { id });
    receive(accounts);
    const account = accounts.accounts.find((one) => one.id === id);
    if (account === undefined) return;
    notify.done(`Signed out ${account.email}. ${signedOutWords(account.unsynced)}`);
  }, notify.failed);
  return { open, adopt, signOut };
}
