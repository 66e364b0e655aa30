const EXCERPT_CHARACTERS = 200;
/** 200 characters of four bytes each fit, whatever comes behind them. */
export const EXCERPT_BYTES = 1024;

/**
 * The beginning of a row as it may be shown: control characters, invisible ones and those that
 * change the direction of writing are made visible, broken bytes become U+FFFD.
 */
export function excerptOf(bytes: Buffer): string {
  const text = bytes.subarray(0, EXCERPT_BYTES).toString("utf8");
  let excerpt = "";
  let characters = 0;
  for (const character of text) {
    const visible = makeVisible(character);
    if (characters + visible.length > EXCERPT_CHARACTERS - 1) return `${excerpt}…`;
    excerpt += visible;
    characters += visible.length;
  }
  return excerpt;
}

function makeVisible(character: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return `\\u{${code.toString(16)}}`;
}
