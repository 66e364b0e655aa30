import { readFile, stat } from "node:fs/promises";
import path from "node:path";

const LARGEST_CONFIG_BYTES = 20_000_000;

/** `tokenizer.json` is the whole of a fast tokenizer; the others are what older ones are made from. */
const TOKENIZER_FILES = ["tokenizer.json", "tokenizer.model", "spiece.model", "tekken.json"];

export async function readTokenizer(
  folder: string,
  names: readonly string[],
): Promise<{ hasTokenizer: boolean; hasChatTemplate: boolean }> {
  const hasVocabulary =
    names.includes("vocab.json") &&
    (names.includes("merges.txt") || names.includes("tokenizer_config.json"));
  return {
    hasTokenizer: hasVocabulary || TOKENIZER_FILES.some((name) => names.includes(name)),
    hasChatTemplate:
      names.includes("chat_template.jinja") ||
      names.includes("chat_template.json") ||
      (names.includes("tokenizer_config.json") && (await hasTemplateInConfig(folder))),
  };
}

/** One template, or a list of named ones. A config that cannot be read has none. */
async function hasTemplateInConfig(folder: string): Promise<boolean> {
  const configPath = path.join(folder, "tokenizer_config.json");
  try {
    if ((await stat(configPath)).size > LARGEST_CONFIG_BYTES) return false;
    const template: unknown = JSON.parse(await readFile(configPath, "utf8"))?.chat_template;
    return (typeof template === "string" || Array.isArray(template)) && template.length > 0;
  } catch {
    return false;
  }
}
