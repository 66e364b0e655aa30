import type { SupabaseClient } from "@supabase/supabase-js";
import { Client } from "pg";
import { migrationPaths } from "../../scripts/foundation/scratch-database.ts";
import { openStack, type Stack } from "../../scripts/supabase-stack/open-stack.ts";
import {
  connect,
  signUpUser,
  type SignedInUser,
} from "../../scripts/supabase-stack/sign-up-user.ts";

/** A stack with our migrations, and everyone whose rights the tests ask about. */
export interface TeamProject {
  stack: Stack;
  owner: SignedInUser;
  other: SignedInUser;
  anon: SupabaseClient;
  /** Past row-level security: shows what is really there. */
  service: SupabaseClient;
  /** As the role that migrations run as. */
  database: Client;
  close(): Promise<void>;
}

export async function openTeamProject(
  options: { projectMaxBytes?: number } = {},
): Promise<TeamProject> {
  const stack = await openStack({ ...options, migrations: migrationPaths() });
  const database = new Client(stack.dbUrl);
  await database.connect();
  const [owner, other] = await Promise.all([
    signUpUser(stack, "owner@example.org"),
    signUpUser(stack, "other@example.org"),
  ]);
  return {
    stack,
    owner,
    other,
    anon: connect(stack, stack.anonKey),
    service: connect(stack, stack.serviceRoleKey),
    database,
    close: async () => {
      await database.end();
      await stack.close();
    },
  };
}
