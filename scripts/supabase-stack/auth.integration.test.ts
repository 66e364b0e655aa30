import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "./open-stack.ts";
import type { Stack } from "./open-stack.ts";
import { connect, signUpUser } from "./sign-up-user.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ auth: { refreshTokenReuseSeconds: 0 } });
});
afterAll(() => stack.close());

test("sign-up, sign-in with the password, and who one is", async () => {
  const { id } = await signUpUser(stack, "ada@example.org");
  const client = connect(stack, stack.anonKey);
  const wrong = await client.auth.signInWithPassword({
    email: "ada@example.org",
    password: "a wrong password",
  });
  expect(wrong.error?.code).toBe("invalid_credentials");

  await client.auth.signInWithPassword({ email: "ada@example.org", password: "a long password" });
  const { data } = await client.auth.getUser();
  expect(data.user).toMatchObject({ id, email: "ada@example.org", role: "authenticated" });
});

test("an address cannot be taken twice", async () => {
  await signUpUser(stack, "twice@example.org");
  const { error } = await connect(stack).auth.signUp({
    email: "twice@example.org",
    password: "a long password",
  });
  expect(error?.code).toBe("user_already_exists");
});

test("a refresh gives new tokens; an outdated one is refused and ends the session", async () => {
  const { client } = await signUpUser(stack, "rotation@example.org");
  const tokens: string[] = [];
  for (let round = 0; round < 3; round++) {
    const { data } = await client.auth.getSession();
    tokens.push(data.session?.refresh_token ?? "");
    const refreshed = await client.auth.refreshSession();
    expect(refreshed.error).toBeNull();
  }
  expect(new Set(tokens).size).toBe(3);

  const [oldest = ""] = tokens;
  const reused = await connect(stack).auth.refreshSession({ refresh_token: oldest });
  expect(reused.error?.code).toBe("refresh_token_already_used");
  const afterwards = await client.auth.refreshSession();
  expect(afterwards.error?.status).toBe(400);
});

test("signing out ends the session at once", async () => {
  const { client, accessToken } = await signUpUser(stack, "out@example.org");
  await client.auth.signOut();
  const { error } = await connect(stack).auth.getUser(accessToken);
  expect(error?.name).toBe("AuthSessionMissingError");
});

test("a code sent by mail signs in, once", async () => {
  const client = connect(stack);
  const email = "code@example.org";
  await client.auth.signInWithOtp({ email });
  const token = /\b\d{6}\b/.exec(stack.mailsTo(email)[0]?.text ?? "")?.[0] ?? "";
  const first = await client.auth.verifyOtp({ email, token, type: "email" });
  expect(first.data.session?.user.email).toBe(email);
  const second = await client.auth.verifyOtp({ email, token, type: "email" });
  expect(second.error?.code).toBe("otp_expired");
});

test("an expired token, a forged one and a wrong key are refused", async () => {
  const { id } = await signUpUser(stack, "expired@example.org");
  const sign = (secret: string, expires: string) =>
    new SignJWT({ sub: id, role: "authenticated" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(secret));
  const ask = (apikey: string, token: string) =>
    fetch(`${stack.apiUrl}/rest/v1/anything`, {
      headers: { apikey, authorization: `Bearer ${token}` },
    });

  const expired = await ask(stack.anonKey, await sign(stack.jwtSecret, "-1m"));
  expect([expired.status, await expired.json()]).toMatchObject([401, { message: "JWT expired" }]);
  const forged = await ask(stack.anonKey, await sign("x".repeat(40), "1h"));
  expect(forged.status).toBe(401);
  const wrongKey = await ask("sb_publishable_wrong", await sign(stack.jwtSecret, "1h"));
  expect([wrongKey.status, await wrongKey.json()]).toMatchObject([
    401,
    { message: "Invalid API key" },
  ]);
});

test("a page of any origin may ask", async () => {
  const preflight = await fetch(`${stack.apiUrl}/rest/v1/anything`, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:5173",
      "access-control-request-method": "POST",
      "access-control-request-headers": "apikey,authorization",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("apikey,authorization");
});
