import type { Notice } from "../../shared/contract/notifications.ts";
import type { HookAnswer } from "./hook-answer.ts";
import { isSafeAddress } from "./notice-hook.ts";

const TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 3;
/** Answers that another time may be different. */
const PASSING = new Set([408, 425, 429]);

/**
 * Posts a notice. The header Idempotency-Key is the same at every try, for receivers that must not
 * take a notice twice. A redirect is followed on the same host only: the address is a secret of
 * that host.
 */
export async function sendWebhook(
  hook: { kind: "generic" | "slack"; url: string },
  notice: Notice,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<HookAnswer> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": notice.id },
    body: JSON.stringify(hook.kind === "slack" ? { text: slackText(notice) } : notice),
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  } as const;
  const first = new URL(hook.url);
  let url = first;
  try {
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      const response = await fetch(url.href, request);
      await response.body?.cancel();
      if (response.status < 300 || response.status > 399)
        return answerOf(response.status, first.host);
      const next = URL.parse(response.headers.get("location") ?? "", url.href);
      if (next === null || next.host !== first.host || !isSafeAddress(next)) {
        return lost(`${first.host} sends on to another address, which is not followed.`, false);
      }
      if (response.status !== 307 && response.status !== 308) {
        return lost(`${first.host} answered ${response.status}: the webhook has moved.`, false);
      }
      url = next;
    }
    return lost(`${first.host} sends from one address to the next without an end.`, false);
  } catch (error) {
    return lost(describeFailure(error, first.host, timeoutMs), true);
  }
}

function answerOf(status: number, host: string): HookAnswer {
  if (status < 300) return { isDelivered: true };
  const isGone = status === 401 || status === 403 || status === 404 || status === 410;
  const advice = isGone ? " Check the webhook's address: it may have been revoked." : "";
  return lost(`${host} answered ${status}.${advice}`, status >= 500 || PASSING.has(status));
}

/** Never the error's own text: it may hold the address. */
function describeFailure(error: unknown, host: string, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `${host} did not answer within ${Math.round(timeoutMs / 1000)} s.`;
  }
  const { code } = ((error as Error | null)?.cause ?? {}) as { code?: unknown };
  return `${host} could not be reached${typeof code === "string" ? ` (${code})` : ""}.`;
}

function lost(problem: string, canTryAgain: boolean): HookAnswer {
  return { isDelivered: false, problem, canTryAgain };
}

function slackText({ title, message }: Notice): string {
  return `*${escapeSlack(title)}*\n${escapeSlack(message)}`;
}

/** Slack's three control characters: a run's name must not become a mention or a link. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
