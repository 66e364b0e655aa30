/**
 * A refusal of the storage server, by its own status: it answers many with 400 and says the real
 * one in the body. What trying again may mend is a ServerFault instead.
 */
export class StorageRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "StorageRefusal";
    this.status = status;
  }
}

export interface Refusal {
  status: number;
  message: string;
}

/** Reads `{statusCode, message}`, or the bare words that resumable uploads answer with. */
export function readRefusal(httpStatus: number, text: string): Refusal {
  let body: { statusCode?: unknown; message?: unknown; error?: unknown } = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) body = parsed;
  } catch {
    // Bare words.
  }
  const inner = Number(body.statusCode);
  const status = httpStatus === 400 && inner >= 400 && inner < 600 ? inner : httpStatus;
  const said = [body.message, body.error].find((one) => typeof one === "string") ?? text;
  return { status, message: said.trim().slice(0, 300) };
}

/** Storage says 400 or 403 of a token that has run out, where others say 401. */
export function isAboutToken({ status, message }: Refusal): boolean {
  return (
    status === 401 ||
    ([400, 403].includes(status) &&
      /jwt|jws|token|"exp" claim|signature verification/i.test(message))
  );
}

/**
 * Whether a fresh token may mend it. An answer to HEAD has no words: there a bare 400 or 403 is as
 * likely to be about the token as about what was asked for.
 */
export function mayBeAboutToken(method: string, refusal: Refusal): boolean {
  const isMute = method === "HEAD" && [400, 403].includes(refusal.status);
  return isMute || isAboutToken(refusal);
}

export function isWorthAnotherTry(status: number): boolean {
  return [408, 423, 425, 429].includes(status) || status >= 500;
}
