import { createHash } from "node:crypto";
import { AppError } from "../../shared/app-error.ts";
import type { NoticeHooks } from "../../shared/contract/notifications.ts";

export type Hook =
  | { kind: "generic" | "slack"; id: string; label: string; url: string }
  | { kind: "command"; id: string; label: string; command: readonly string[] };

/** The hooks of the settings, each with an id that stays the same as long as it does. */
export function hooksOf(settings: NoticeHooks): Hook[] {
  const { webhooks, command } = withoutDoubles(settings);
  const hooks: Hook[] = webhooks.map(({ kind, url }) => ({
    kind,
    url,
    id: shortHash(`${kind} ${url}`),
    label: `${kind === "slack" ? "Slack-compatible webhook" : "Webhook"} at ${new URL(url).host}`,
  }));
  if (command !== null) {
    const id = shortHash(JSON.stringify(command));
    hooks.push({ kind: "command", id, label: `Command ${command[0] ?? ""}`, command });
  }
  return hooks;
}

/**
 * Whoever knows a webhook's address may write to its channel: it does not leave the core. In its
 * place stands the host with a mark by which `unmaskHooks` knows it again.
 */
export function maskHooks(hooks: NoticeHooks): NoticeHooks {
  return { ...hooks, webhooks: hooks.webhooks.map((hook) => ({ ...hook, url: maskOf(hook.url) })) };
}

/** Puts the addresses that `present` holds in the place of their masks. */
export function unmaskHooks(wanted: NoticeHooks, present: NoticeHooks): NoticeHooks {
  const known = new Map(present.webhooks.map(({ url }) => [maskOf(url), url]));
  const webhooks = wanted.webhooks.map((hook) => ({
    ...hook,
    url: known.get(hook.url) ?? hook.url,
  }));
  return { ...wanted, webhooks };
}

/** A webhook that is named twice is one: nobody is to be told twice. */
export function withoutDoubles(hooks: NoticeHooks): NoticeHooks {
  const byName = new Map(hooks.webhooks.map((hook) => [`${hook.kind} ${hook.url}`, hook]));
  return { ...hooks, webhooks: [...byName.values()] };
}

/** @throws AppError `invalid_input` for an address that would be sent to without encryption. */
export function requireSafeWebhooks({ webhooks }: NoticeHooks): void {
  for (const { url: text } of webhooks) {
    const url = new URL(text);
    if (isMask(url)) {
      throw new AppError(
        "invalid_input",
        `The webhook at ${url.host} is not known any more: enter its whole address again.`,
      );
    }
    if (!isSafeAddress(url)) {
      throw new AppError(
        "invalid_input",
        `The webhook at ${url.host} is not encrypted: use https. Only a program on this machine may be told by http.`,
      );
    }
  }
}

export function isSafeAddress(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function maskOf(url: string): string {
  return `${new URL(url).origin}/hidden-${shortHash(url)}`;
}

function isMask({ pathname, search }: URL): boolean {
  return search === "" && /^\/hidden-[0-9a-f]{16}$/.test(pathname);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
