import { AppError } from "../../shared/app-error.ts";

/**
 * The address of a project as requests begin with it, without a path.
 *
 * @throws AppError `invalid_input` when it is no address or would send the key unencrypted.
 */
export function parseProjectUrl(text: string): string {
  const url = URL.parse(projectOf(text.trim()));
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new AppError(
      "invalid_input",
      `"${text}" is not the address of a project. It looks like https://<project>.supabase.co and stands in the dashboard under Project Settings → Data API.`,
    );
  }
  const isOwnMachine = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "http:" && !isOwnMachine) {
    throw new AppError(
      "invalid_input",
      `${url.origin} is not encrypted: use https. Only a project on this machine may be reached by http.`,
    );
  }
  return url.origin;
}

/** The address of its page in the dashboard, or a host alone, tell the project as well. */
function projectOf(text: string): string {
  const page = /^(?:https:\/\/)?supabase\.com\/dashboard\/project\/([a-z]{20})(?:[/?#]|$)/.exec(
    text,
  );
  if (page !== null) return `https://${page[1]}.supabase.co`;
  return /^[a-z0-9-]+\.supabase\.co\/?$/i.test(text) ? `https://${text}` : text;
}

/**
 * Makes sure that a key is one that an app may hold.
 *
 * @throws AppError `invalid_input` for a secret key, which opens every user's rows.
 */
export function requirePublishableKey(key: string): void {
  const isSecret = key.startsWith("sb_secret_") || roleOf(key) === "service_role";
  if (isSecret) {
    throw new AppError(
      "invalid_input",
      "This is a secret key: it opens the data of all users and does not belong in an app. Use the publishable (or anon) key from Project Settings → API Keys, and replace this one if others may have seen it.",
    );
  }
  const isPublishable = key.startsWith("sb_publishable_") || roleOf(key) === "anon";
  if (!isPublishable) {
    throw new AppError(
      "invalid_input",
      "This is not a key of a Supabase project. The publishable key begins with sb_publishable_, the older anon key with eyJ; both stand in the dashboard under Project Settings → API Keys.",
    );
  }
}

/** Older keys are tokens that say for which role they stand; newer ones are not tokens. */
function roleOf(key: string): string | null {
  const payload = key.split(".")[1];
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const role = (claims as { role?: unknown } | null)?.role;
    return typeof role === "string" ? role : null;
  } catch {
    return null;
  }
}
