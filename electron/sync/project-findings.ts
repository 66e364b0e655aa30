import type { ProjectFinding } from "../../shared/contract/supabase.ts";
import type { ProbeReply } from "./project-probe.ts";

export const RERUN =
  "Run the SQL below in the project's SQL editor; it may be run as often as you like.";

export function isFaultless({ state }: ProjectFinding): boolean {
  return state === "ok" || state === "optional";
}

export function ok(subject: string, message: string): ProjectFinding {
  return { subject, state: "ok", message, sql: null };
}

export function lacking(subject: string, message: string, sql: string): ProjectFinding {
  return { subject, state: "missing", message, sql };
}

export function wrong(subject: string, message: string, sql: string | null = null): ProjectFinding {
  return { subject, state: "wrong", message, sql };
}

export function unexpected(subject: string, reply: ProbeReply): ProjectFinding {
  return wrong(
    subject,
    `The project gave an unexpected answer about ${subject}: ${reply.status} ${reply.message}. Try again; if it stays so, see Dashboard → Logs.`,
  );
}
