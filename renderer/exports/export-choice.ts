import type { ExportFormat, ExportOuttype } from "../../shared/contract/exports.ts";
import type { Params } from "../../shared/contract/contract.ts";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";

/** `peft` is there already: nothing has to be exported. */
export type ExportKind = "peft" | ExportFormat;

export const EXPORT_KINDS: readonly {
  readonly value: ExportKind;
  readonly label: string;
  readonly detail: string;
}[] = [
  {
    value: "peft",
    label: "PEFT folder",
    detail: "The adapter as it was trained, for Python. It is there already.",
  },
  {
    value: "merged",
    label: "Merged model",
    detail: "A full model in safetensors, the adapter added to its base.",
  },
  { value: "gguf", label: "GGUF", detail: "For llama.cpp and what is built on it." },
  { value: "ollama", label: "Ollama", detail: "A GGUF with its Modelfile, and the command." },
  {
    value: "vllm",
    label: "vLLM",
    detail: "Nothing is written: the command that serves base and adapter.",
  },
];

export const OUTTYPES: readonly {
  readonly value: ExportOuttype;
  readonly label: string;
  readonly detail: string;
}[] = [
  { value: "f16", label: "f16", detail: "Read everywhere." },
  { value: "bf16", label: "bf16", detail: "As most models are trained." },
  { value: "f32", label: "f32", detail: "Exact, twice the size." },
  { value: "q8_0", label: "q8_0", detail: "Half the size, hardly less exact." },
];

export type ExportChoice = {
  readonly kind: ExportKind;
  readonly outtype: ExportOuttype;
  readonly isMergedFirst: boolean;
  readonly name: string;
};

export const FIRST_CHOICE: ExportChoice = {
  kind: "merged",
  outtype: "f16",
  isMergedFirst: false,
  name: "",
};

export function isGguf(kind: ExportKind): boolean {
  return kind === "gguf" || kind === "ollama";
}

export type ExportCondition = {
  readonly isBlocking: boolean;
  readonly text: string;
  readonly isInSettings?: boolean;
};

/** What keeps an adapter from being exported so, or what happens on the way. */
export function exportConditions(
  { kind }: ExportChoice,
  method: Hyperparameters["method"],
  llamaCppPath: string | null,
): readonly ExportCondition[] {
  const found: ExportCondition[] = [];
  if (isGguf(kind) && llamaCppPath === null) {
    found.push({
      isBlocking: true,
      text: "GGUF is written by llama.cpp's own converters. Tell LoRA Desk where its source lies.",
      isInSettings: true,
    });
  }
  if (isGguf(kind) && method === "dora") {
    found.push({
      isBlocking: false,
      text: "GGUF has no form for a DoRA adapter: the merged model is written.",
    });
  }
  if (kind === "vllm" && method === "dora") {
    found.push({
      isBlocking: true,
      text: "vLLM does not take DoRA adapters. Export the merged model and serve that.",
    });
  }
  return found;
}

/** The request that the choice amounts to; null where there is nothing to export. */
export function exportInput(
  id: string,
  choice: ExportChoice,
  method: Hyperparameters["method"],
): Params<"artifacts.export"> | null {
  const { kind, outtype, isMergedFirst } = choice;
  if (kind === "peft") return null;
  const name = choice.name.trim();
  return {
    id,
    format: kind,
    ...(isGguf(kind) ? { outtype, isMergedFirst: isMergedFirst || method === "dora" } : {}),
    ...(name === "" ? {} : { name }),
  };
}
