/** A program that loads an adapter onto its base model, ready to be pasted. */
export function pythonToLoad(basePath: string, adapterPath: string): string {
  return [
    "from peft import PeftModel",
    "from transformers import AutoModelForCausalLM, AutoTokenizer",
    "",
    `base = ${pythonString(basePath)}`,
    `adapter = ${pythonString(adapterPath)}`,
    "",
    "tokenizer = AutoTokenizer.from_pretrained(base)",
    'model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")',
    "model = PeftModel.from_pretrained(model, adapter)",
  ].join("\n");
}

/** JSON's escapes are Python's, backslashes of Windows paths included. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
