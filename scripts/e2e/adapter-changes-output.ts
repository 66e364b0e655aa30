import { execa } from "execa";

const SCRIPT = `
import sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
model_path, adapter_path = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(adapter_path)
model = AutoModelForCausalLM.from_pretrained(model_path)
ids = tokenizer("How long is one hour?", return_tensors="pt").input_ids
with torch.no_grad():
    before = model(ids).logits
    after = PeftModel.from_pretrained(model, adapter_path)(ids).logits
print(float((before - after).abs().max()))
`;

/** Loads an adapter in a fresh Python process. @returns the largest change of a logit. */
export async function adapterChangesOutput(
  modelPath: string,
  adapterPath: string,
): Promise<number> {
  const python = process.env["LORA_DESK_PYTHON"];
  if (python === undefined) throw new Error("Run this by npm test, which sets LORA_DESK_PYTHON.");
  const { stdout } = await execa(python, ["-c", SCRIPT, modelPath, adapterPath], {
    env: { HF_HUB_OFFLINE: "1" },
  });
  return Number(stdout.trim());
}
