import { z } from "zod";
import { failureSchema } from "./errors.ts";

/**
 * What an adapter can be turned into. As a PEFT folder it is there already: `Artifact.path`.
 *
 * merged   a full model, the adapter added to its 16-bit base
 * gguf     for llama.cpp: the adapter alone, or the merged model
 * ollama   a Modelfile beside the GGUF, with the command that makes an Ollama model of it
 * vllm     nothing is written: the command that serves base and adapter, once it is checked
 */
export const exportFormatSchema = z.enum(["merged", "gguf", "ollama", "vllm"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** Of GGUF tensors. */
export const exportOuttypeSchema = z.enum(["f16", "bf16", "f32", "q8_0"]);
export type ExportOuttype = z.infer<typeof exportOuttypeSchema>;

const exportCommon = {
  id: z.uuid(),
  artifactId: z.uuid(),
  artifactName: z.string(),
  format: exportFormatSchema,
  /** Null where the format has no such choice or it was left to the exporter. */
  outtype: exportOuttypeSchema.nullable(),
  /** GGUF and Ollama: the full model rather than the adapter alone. */
  isMergedFirst: z.boolean(),
  /** What the exported thing is called; names its folder, the Ollama model and vLLM's module. */
  name: z.string(),
  /** Where the result is put; vLLM's is the adapter's own folder. */
  targetPath: z.string(),
  createdAt: z.iso.datetime(),
};

/*
 * queued → running → done | failed | cancelled
 *    └───────────────────────────┴────────┘
 */
export const exportSchema = z.discriminatedUnion("state", [
  z.object({ ...exportCommon, state: z.literal("queued") }),
  z.object({
    ...exportCommon,
    state: z.literal("running"),
    startedAt: z.iso.datetime(),
    share: z.number().min(0).max(1),
    message: z.string(),
  }),
  z.object({
    ...exportCommon,
    state: z.literal("done"),
    endedAt: z.iso.datetime(),
    path: z.string(),
    files: z.array(z.object({ name: z.string(), bytes: z.int().nonnegative() })),
    /** What was verified of what was written, in sentences with figures. */
    checks: z.array(z.string()),
    /** What to type next, quoted for a POSIX shell; null when there is nothing to type. */
    command: z.string().nullable(),
    notes: z.array(z.string()),
  }),
  z.object({
    ...exportCommon,
    state: z.literal("failed"),
    endedAt: z.iso.datetime(),
    failure: failureSchema,
  }),
  z.object({ ...exportCommon, state: z.literal("cancelled"), endedAt: z.iso.datetime() }),
]);
export type Export = z.infer<typeof exportSchema>;
export type ExportState = Export["state"];

export const exportProcedures = {
  /**
   * Queues an export and answers at once; one runs at a time, and how it fares arrives on
   * `exports.changed`. GGUF and Ollama need `llamaCppPath` in the settings.
   */
  "artifacts.export": {
    input: z.object({
      id: z.uuid(),
      format: exportFormatSchema,
      outtype: exportOuttypeSchema.optional(),
      isMergedFirst: z.boolean().optional(),
      /** Without one the adapter's name is used. */
      name: z.string().trim().min(1).max(100).optional(),
      /** An absolute path; only local callers (the command line) may name one. */
      targetPath: z.string().min(1).max(4096).optional(),
    }),
    output: exportSchema,
  },
  /** Newest first; of one adapter, or of all. */
  "exports.list": {
    input: z.object({ artifactId: z.uuid().optional() }),
    output: z.array(exportSchema),
  },
  /** Ends it; nothing of it stays behind. One that has ended is answered as it is. */
  "exports.cancel": { input: z.object({ id: z.uuid() }), output: exportSchema },
} as const;

export const exportTopics = {
  /** Keyed by export id. */
  "exports.changed": exportSchema,
} as const;
