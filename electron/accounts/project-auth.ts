import type { AuthError, Session, SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import { signInFailure } from "./sign-in-failure.ts";
import type { Tokens } from "./session-tokens.ts";

export interface Grant {
  userId: string;
  email: string;
  tokens: Tokens;
}

/** The sign-in of one project. */
export interface ProjectAuth {
  /** @throws AppError in words for whoever signs in; so do the next two. */
  signIn(email: string, password: string): Promise<Grant>;
  sendCode(email: string): Promise<void>;
  enterCode(email: string, code: string): Promise<Grant>;
  /**
   * @throws ServerFault `unauthorised` when the session has ended, or when the project refuses the
   *   key (then `status` is 401); `busy` or `unreachable` when that is not known.
   */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Ends the session at the server. */
  signOut(accessToken: string): Promise<void>;
}

type SignInMethod = "signInWithPassword" | "signInWithOtp" | "verifyOtp";

const TIMEOUT_MS = 15_000;
/** Who signs out waits for it, and is signed out here whatever the server says. */
const SIGN_OUT_TIMEOUT_MS = 3000;

const grantSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** What the server answers when a refresh token is good for nothing any more. */
const ENDED = new Set([
  "refresh_token_not_found",
  "refresh_token_already_used",
  "session_not_found",
  "session_expired",
  "user_not_found",
  "user_banned",
  "invalid_grant",
  // Of a request that consists of the token alone: it is no token at all, nor ever will be.
  "validation_failed",
]);

export function openProjectAuth(
  url: string,
  anonKey: string,
  fetchImplementation: typeof fetch,
): ProjectAuth {
  const timedFetch: typeof fetch = (input, init) =>
    fetchImplementation(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });

  /** A client that keeps nothing and refreshes nothing behind our back. */
  async function client(): Promise<Pick<SupabaseClient["auth"], SignInMethod>> {
    const { AuthClient } = await import("@supabase/supabase-js");
    return new AuthClient({
      url: `${url}/auth/v1`,
      headers: { apikey: anonKey },
      autoRefreshToken: false,
      persistSession: false,
      detectSessionInUrl: false,
      fetch: timedFetch,
    });
  }

  return {
    signIn: async (email, password) => {
      const { data, error } = await (await client()).signInWithPassword({ email, password });
      return grantOf(url, data.session, error);
    },
    sendCode: async (email) => {
      const { error } = await (await client()).signInWithOtp({ email });
      if (error !== null) throw signInFailure(url, error);
    },
    enterCode: async (email, code) => {
      const wanted = { email, token: code, type: "email" } as const;
      const { data, error } = await (await client()).verifyOtp(wanted);
      return grantOf(url, data.session, error);
    },
    // Not by the library: it tries again on its own for half a minute, by the wall clock.
    refresh: async (refreshToken) => {
      const body = JSON.stringify({ refresh_token: refreshToken });
      const headers = { apikey: anonKey, "content-type": "application/json" };
      let status: number;
      let reply: unknown;
      let retryAfter: string | null;
      try {
        const path = `${url}/auth/v1/token?grant_type=refresh_token`;
        const response = await timedFetch(path, { method: "POST", headers, body });
        status = response.status;
        retryAfter = response.headers.get("retry-after");
        reply = await response.json();
      } catch (cause) {
        const name = cause instanceof Error ? cause.name : "no answer";
        throw new ServerFault("unreachable", `the sign-in of ${url}: ${name}`);
      }
      const grant = grantSchema.safeParse(reply);
      if (status === 200 && grant.success) return tokensOf(grant.data);
      throw refreshFault(url, status, codeOf(reply), retryAfter);
    },
    signOut: async (accessToken) => {
      await fetchImplementation(`${url}/auth/v1/logout?scope=local`, {
        method: "POST",
        signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS),
        headers: { apikey: anonKey, authorization: `Bearer ${accessToken}` },
      });
    },
  };
}

function grantOf(url: string, session: Session | null, error: AuthError | null): Grant {
  if (error !== null) throw signInFailure(url, error);
  if (session === null) {
    throw new AppError(
      "forbidden",
      `${url} asks that the e-mail address be confirmed first: open the link in the mail that it sent, then sign in again.`,
    );
  }
  return {
    userId: session.user.id,
    email: session.user.email ?? "",
    tokens: tokensOf(session),
  };
}

function tokensOf(grant: z.infer<typeof grantSchema>): Tokens {
  return {
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token,
    expiresInS: grant.expires_in,
  };
}

function refreshFault(
  url: string,
  status: number,
  code: string | null,
  retryAfter: string | null,
): ServerFault {
  if (code !== null && status < 500 && ENDED.has(code)) {
    return new ServerFault("unauthorised", `The session at ${url} has ended. Sign in again.`, {
      status: 400,
    });
  }
  if (status === 401) {
    const message = `${url} refuses the publishable key: it may have been replaced. Sign in again with the key from Project Settings → API Keys.`;
    return new ServerFault("unauthorised", message, { status });
  }
  const seconds = Number(retryAfter ?? "");
  return new ServerFault(
    "busy",
    `the sign-in of ${url} answers ${status}${code === null ? "" : `, ${code}`}`,
    {
      status,
      ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
    },
  );
}

function codeOf(reply: unknown): string | null {
  const fields = (reply ?? {}) as { error_code?: unknown; code?: unknown; error?: unknown };
  const code = [fields.error_code, fields.code, fields.error].find(
    (value) => typeof value === "string",
  );
  return typeof code === "string" ? code : null;
}
