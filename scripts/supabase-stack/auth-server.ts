import { App, InMemoryEmailDriver } from "@supabase/lite";
import { AuthDatabase } from "./auth-database.ts";

export interface AuthSettings {
  /** How long an access token is good for. Default 3600, as on hosted projects. */
  accessTokenSeconds?: number;
  /** How long a refresh token may be used a second time after its rotation. Default 10. */
  refreshTokenReuseSeconds?: number;
  /** Whether an address must be confirmed by mail before its first sign-in. Default false. */
  mustConfirmEmail?: boolean;
}

export interface Mail {
  subject: string;
  text: string;
}

export interface AuthServer {
  /** Answers a request below /auth/v1. */
  handle(request: Request): Promise<Response>;
  /** What was "sent" to an address (magic links and codes), the oldest first. */
  mailsTo(address: string): Mail[];
  close(): Promise<void>;
}

/** The auth of @supabase/lite, which answers as GoTrue does, on our PostgreSQL. Mail goes nowhere. */
export function openAuthServer(
  databaseUrl: string,
  jwtSecret: string,
  apiUrl: string,
  settings: AuthSettings,
  onMail: (address: string, mail: Mail) => void,
): AuthServer {
  const database = new AuthDatabase(databaseUrl);
  const mailbox = new InMemoryEmailDriver();
  const app = new App({
    connection: database,
    options: {
      drivers: {
        email: {
          send: async (mail) => {
            await mailbox.send(mail);
            onMail(mail.to, { subject: mail.subject, text: mail.text ?? "" });
          },
        },
      },
    },
    api: { enabled: false },
    studio: { enabled: false },
    auth: {
      enabled: true,
      site_url: apiUrl,
      jwt_secret: jwtSecret,
      jwt_expiry: settings.accessTokenSeconds ?? 3600,
      enable_refresh_token_rotation: true,
      refresh_token_reuse_interval: settings.refreshTokenReuseSeconds ?? 10,
      email: { enable_confirmations: settings.mustConfirmEmail ?? false },
    },
  });
  return {
    handle: (request) => answer(request, app.fetch),
    mailsTo: (address) =>
      (mailbox.messages.get(address) ?? []).map(({ subject, text = "" }) => ({ subject, text })),
    close: () => database.close(),
  };
}

/**
 * GoTrue takes a code of the type "email" for what it was mailed as, a sign-in or a sign-up;
 * @supabase/lite knows only those two by themselves.
 */
async function answer(
  request: Request,
  pass: (request: Request) => Promise<Response>,
): Promise<Response> {
  const isVerification =
    request.method === "POST" && new URL(request.url).pathname === "/auth/v1/verify";
  const body = isVerification ? await readJson(request.clone()) : null;
  if (body?.["type"] !== "email") return pass(request);

  const as = (type: string): Promise<Response> =>
    pass(
      new Request(request.url, {
        method: "POST",
        headers: request.headers,
        body: JSON.stringify({ ...body, type }),
      }),
    );
  const signIn = await as("magiclink");
  return signIn.ok ? signIn : as("signup");
}

async function readJson(request: Request): Promise<Record<string, unknown> | null> {
  try {
    return (await request.json()) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
