import { createClient } from "@supabase/supabase-js";
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Stack } from "./open-stack.ts";

export interface SignedInUser {
  id: string;
  client: SupabaseClient;
  accessToken: string;
}

/** supabase-js as a test wants it: nothing kept, nothing refreshed behind its back. */
export function connect(
  stack: Pick<Stack, "apiUrl" | "publishableKey">,
  key: string = stack.publishableKey,
): SupabaseClient {
  return createClient(stack.apiUrl, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
}

/** A new user with a client of their own, for tests. */
export async function signUpUser(stack: Stack, email: string): Promise<SignedInUser> {
  const client = connect(stack);
  const { data, error } = await client.auth.signUp({ email, password: "a long password" });
  if (error !== null || data.session === null) {
    throw new Error(`${email} could not sign up: ${error?.message ?? "a mail must be confirmed"}`);
  }
  return { id: data.session.user.id, client, accessToken: data.session.access_token };
}
