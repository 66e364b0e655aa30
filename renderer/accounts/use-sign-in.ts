import { useState } from "react";
import type { Accounts } from "../../shared/contract/accounts.ts";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveAccounts } from "./accounts-slice.ts";
import { adoptsLocalWork } from "./sign-in-fields.ts";
import type { SignInFields } from "./sign-in-fields.ts";

export type SignIn = {
  readonly signIn: Action<[SignInFields, Accounts]>;
  readonly sendCode: Action<[SignInFields]>;
  /** The address that a code was sent to; null before. */
  readonly codeSentTo: string | null;
};

export function useSignIn(onDone: () => void): SignIn {
  const client = useClient();
  const store = useDeskStore();
  const [codeSentTo, setCodeSentTo] = useState<string | null>(null);

  const signIn = useAction(async (fields: SignInFields, known: Accounts) => {
    const { url, anonKey, password, code, way } = fields;
    const email = fields.email.trim();
    const adoptLocal = adoptsLocalWork(fields, known);
    const place = { url, anonKey, email, adoptLocal };
    const accounts =
      way === "password"
        ? await client.request("accounts.signIn", { ...place, password })
        : await client.request("accounts.enterCode", { ...place, code });
    store.setState((state) => receiveAccounts(state, accounts));
    onDone();
  });
  const sendCode = useAction(async ({ url, anonKey, email }: SignInFields) => {
    setCodeSentTo(null);
    // What was wrong with the code before says nothing of the next.
    signIn.clearError();
    await client.request("accounts.sendCode", { url, anonKey, email: email.trim() });
    setCodeSentTo(email.trim());
  });
  return { signIn, sendCode, codeSentTo };
}
