/*
 * Prompts as they are typed: one on a line. A line that ends with a backslash goes on in the next
 * one, so that a prompt of several lines survives being shown and read again.
 */

export function promptsText(prompts: readonly string[]): string {
  return prompts.map((prompt) => `${prompt.replaceAll("\n", "\\\n")}${closing(prompt)}`).join("\n");
}

/** A space after a backslash that is the prompt's own: the line ends with it, and does not go on. */
function closing(prompt: string): string {
  return prompt.endsWith("\\") ? " " : "";
}

/** What stands on each line, without the white space around it; empty lines are none. */
export function promptsIn(text: string): readonly string[] {
  const prompts: string[] = [];
  let open = "";
  for (const line of text.split(/\r?\n/)) {
    if (line.endsWith("\\")) {
      open += `${line.slice(0, -1)}\n`;
    } else {
      prompts.push(open + line);
      open = "";
    }
  }
  prompts.push(open);
  return prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== "");
}
