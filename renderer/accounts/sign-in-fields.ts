import { z } from "zod";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";

export type SignInFields = {
  readonly url: string;
  readonly anonKey: string;
  readonly email: string;
  readonly way: "password" | "code";
  readonly password: string;
  readonly code: string;
  /** Null: nobody has chosen. */
  readonly isAdopting: boolean | null;
};

/** An account whose session has ended begins with what is known of it. */
export function signInFields(account: Account | null): SignInFields {
  return {
    url: account?.projectUrl ?? "",
    anonKey: "",
    email: account?.email ?? "",
    way: "password",
    password: "",
    code: "",
    isAdopting: null,
  };
}

const emailSchema = z.email();

export function isEmail(text: string): boolean {
  return emailSchema.safeParse(text.trim()).success;
}

/** A key is asked for once: the core keeps it with the project. */
export function isProjectKnown({ url }: SignInFields, accounts: readonly Account[]): boolean {
  return accounts.some(({ projectUrl }) => sameAddress(projectUrl, url));
}

/** Whether local work becomes the account's: to one that is new here, unless that is not wished. */
export function adoptsLocalWork(fields: SignInFields, accounts: Accounts): boolean {
  const { datasets, jobs } = accounts.local;
  return datasets + jobs > 0 && (fields.isAdopting ?? isFirstSignIn(fields, accounts));
}

function isFirstSignIn({ url, email }: SignInFields, { accounts }: Accounts): boolean {
  const known = accounts.find(
    (account) =>
      sameAddress(account.projectUrl, url) &&
      account.email.toLowerCase() === email.trim().toLowerCase(),
  );
  return known === undefined;
}

/** Enough is filled in for a code to be sent. */
export function hasPlace(fields: SignInFields, accounts: readonly Account[]): boolean {
  const hasKey = fields.anonKey.trim() !== "" || isProjectKnown(fields, accounts);
  return fields.url.trim() !== "" && hasKey && isEmail(fields.email);
}

export function canSignIn(fields: SignInFields, accounts: readonly Account[]): boolean {
  if (!hasPlace(fields, accounts)) return false;
  return fields.way === "password" ? fields.password !== "" : fields.code.trim().length >= 4;
}

function sameAddress(one: string, other: string): boolean {
  const bare = (url: string): string => url.trim().toLowerCase().replace(/\/+$/, "");
  return bare(one) === bare(other);
}
