/** The last lines that the failed program printed, where the core knows them. */
export function lastLinesOf(details: Record<string, unknown> | undefined): string | null {
  const lines = details?.["lastLines"];
  if (!Array.isArray(lines)) return null;
  const text = lines.filter((line) => typeof line === "string").join("\n");
  return text.trim() === "" ? null : text;
}
