import { useEffect } from "react";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { receiveAccounts } from "./accounts-slice.ts";

/** Asks for the accounts as a view opens: nobody tells of what waits in files that are not open. */
export function useFreshAccounts(): void {
  const client = useClient();
  const store = useDeskStore();
  useEffect(() => {
    client.request("accounts.list", {}).then(
      (accounts) => store.setState((state) => receiveAccounts(state, accounts)),
      // What was known stays; the store's own request says why there is nothing, if so.
      () => undefined,
    );
  }, [client, store]);
}
