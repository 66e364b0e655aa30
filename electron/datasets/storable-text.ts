/**
 * The text with U+FFFD for what PostgreSQL, to which the team's rows go, cannot store: NUL, and half
 * of a surrogate pair.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
