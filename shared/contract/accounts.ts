import { z } from "zod";
import { notInProjectSchema } from "./sync.ts";

const count = z.int().nonnegative();

/** A user's place in one project. Each has a database file of its own on this machine. */
export const accountSchema = z.object({
  id: z.uuid(),
  projectUrl: z.string(),
  email: z.string(),
  userId: z.uuid(),
  /** False when its session has ended: it must sign in again before anything is synced. */
  isSignedIn: z.boolean(),
  /** What waits in its file, and stays there while it is signed out; null: it cannot be read. */
  unsynced: notInProjectSchema.nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const accountsSchema = z.object({
  /** The account whose file is open; null: local work without an account. */
  activeId: z.uuid().nullable(),
  accounts: z.array(accountSchema),
  /** Datasets and jobs in the file without an account, which an account may take over. */
  local: z.object({ datasets: count, jobs: count }),
});
export type Accounts = z.infer<typeof accountsSchema>;

const project = {
  url: z.string().trim().max(500),
  anonKey: z.string().trim().max(2000),
  email: z.email().max(320),
};

export const accountProcedures = {
  "accounts.list": { input: z.object({}), output: accountsSchema },
  /** Signs in with a password and opens the account's file; the first time it is made. */
  "accounts.signIn": {
    input: z.object({
      ...project,
      password: z.string().min(1).max(1000),
      /** The local work without an account becomes this account's. */
      adoptLocal: z.boolean().default(false),
    }),
    output: accountsSchema,
  },
  /** Sends a code by mail (the magic link's), which `accounts.enterCode` takes. */
  "accounts.sendCode": { input: z.object(project), output: z.null() },
  "accounts.enterCode": {
    input: z.object({
      ...project,
      /** Mails show it in groups, and so it is pasted. */
      code: z
        .string()
        .overwrite((code) => code.replaceAll(/\s/g, ""))
        .min(4)
        .max(64),
      adoptLocal: z.boolean().default(false),
    }),
    output: accountsSchema,
  },
  /** Opens another account's file; null: local work without an account. */
  "accounts.use": { input: z.object({ id: z.uuid().nullable() }), output: accountsSchema },
  /** The local work without an account becomes the open account's, beside what that has already. */
  "accounts.adoptLocal": { input: z.object({}), output: accountsSchema },
  /** Ends the session; the file and what waits in it stay. */
  "accounts.signOut": { input: z.object({ id: z.uuid() }), output: accountsSchema },
} as const;

export const accountTopics = {
  /** Another account's file was opened: everything that was shown before is another's. */
  "accounts.changed": accountsSchema,
} as const;
