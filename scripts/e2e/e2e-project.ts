import { Client } from "pg";
import { migrationPaths } from "../foundation/scratch-database.ts";
import { openStack, type Stack } from "../supabase-stack/open-stack.ts";
import { signUpUser, type SignedInUser } from "../supabase-stack/sign-up-user.ts";

/** A team's project with two users, and a way to see what is really in it. */
export interface E2eProject {
  readonly stack: Stack;
  readonly owner: SignedInUser;
  readonly other: SignedInUser;
  query<T>(sql: string, ...values: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export async function openE2eProject(): Promise<E2eProject> {
  const stack = await openStack({ migrations: migrationPaths() });
  const database = new Client(stack.dbUrl);
  await database.connect();
  const owner = await signUpUser(stack, "owner@example.org");
  const other = await signUpUser(stack, "other@example.org");
  return {
    stack,
    owner,
    other,
    query: async <T>(sql: string, ...values: unknown[]) => {
      const { rows } = await database.query(sql, values);
      return rows as T[];
    },
    close: async () => {
      await database.end();
      await stack.close();
    },
  };
}
