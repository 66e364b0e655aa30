/** A command as it is typed: the program and its arguments, one on each line. */
export function commandText(command: readonly string[] | null): string {
  return (command ?? []).join("\n");
}

export function commandOf(text: string): readonly string[] | null {
  const parts = text.split("\n").filter((line) => line.trim() !== "");
  return parts.length === 0 ? null : parts;
}
