const HIDDEN = /^\/hidden-[0-9a-f]{16}$/;
const LOOPBACK = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;

/** What is shown of an address: of a saved one its host, since the core keeps the rest. */
export function webhookAddress(text: string): string {
  if (!URL.canParse(text)) return text;
  const { origin, pathname } = new URL(text);
  return HIDDEN.test(pathname) ? `${origin}/…` : text;
}

/** Why an address will not do, by the core's own rules. */
export function webhookProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "This is no address: it begins with https://.";
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))) return undefined;
  return "Use https: only a program on this computer may be told by http.";
}
