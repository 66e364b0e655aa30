import type { SupabaseClient } from "@supabase/supabase-js";
import { migrationPaths } from "../../foundation/scratch-database.ts";
import { openStack, type Stack } from "../../supabase-stack/open-stack.ts";
import { connect, signUpUser, type SignedInUser } from "../../supabase-stack/sign-up-user.ts";

/** A project with our migrations and one user. */
export interface TortureProject {
  stack: Stack;
  owner: SignedInUser;
  /** Past row-level security. */
  service: SupabaseClient;
  close(): Promise<void>;
}

export async function openTortureProject(): Promise<TortureProject> {
  const stack = await openStack({ migrations: migrationPaths() });
  const owner = await signUpUser(stack, "owner@example.org");
  const service = connect(stack, stack.serviceRoleKey);
  return { stack, owner, service, close: () => stack.close() };
}
