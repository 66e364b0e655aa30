import type { AuthError } from "@supabase/supabase-js";
import { AppError } from "../../shared/app-error.ts";

/** Why a sign-in failed, for whoever signs in. Nothing of what was typed is repeated. */
export function signInFailure(url: string, error: AuthError): AppError {
  const { code, status } = error;
  switch (code) {
    case "invalid_credentials":
      return new AppError("forbidden", "The e-mail address or the password is wrong.");
    case "otp_expired":
      return new AppError(
        "forbidden",
        "The code is wrong or has expired. Codes work once; ask for a new one.",
      );
    case "email_not_confirmed":
      return new AppError(
        "forbidden",
        "The e-mail address is not confirmed yet: open the link in the mail that the project sent, then sign in again.",
      );
    case "otp_disabled":
    case "signup_disabled":
      return new AppError(
        "forbidden",
        "The project knows nobody of this address and takes no new users. Ask its owner for an invitation.",
      );
    case "user_banned":
      return new AppError("forbidden", "The project has banned this user. Ask its owner.");
    case "over_email_send_rate_limit":
    case "over_request_rate_limit":
      return new AppError(
        "unavailable",
        "The project has had too many such requests. Wait a minute, then try again.",
      );
    default:
  }
  if (status === 401 || status === 403) {
    return new AppError(
      "forbidden",
      `${url} refuses the publishable key. Copy it again from Project Settings → API Keys of this very project.`,
    );
  }
  if (status === undefined || status === 0 || status >= 500 || status === 429) {
    return new AppError(
      "unavailable",
      `The sign-in of ${url} does not answer${status === undefined || status === 0 ? "" : ` (${status})`}. Check the address and the network, and in the dashboard that the project is not paused.`,
    );
  }
  return new AppError(
    "unavailable",
    `${url} does not let you sign in: ${code ?? "unknown reason"} (${status}).`,
  );
}
