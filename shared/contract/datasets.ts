import { z } from "zod";
import { deletionSchema } from "./deletion.ts";
import { failureSchema } from "./errors.ts";

/**
 * `preference` rows (chosen/rejected) are recognised so that they can be refused with a reason.
 * `text` is raw text: in `.txt` files one row per block between blank lines.
 */
export const datasetFormatSchema = z.enum([
  "messages",
  "sharegpt",
  "alpaca",
  "prompt_completion",
  "question_answer",
  "text",
]);
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

export const rejectionReasonSchema = z.enum([
  "invalid_json",
  "invalid_utf8",
  "not_an_object",
  "unknown_format",
  "missing_field",
  "wrong_type",
  "empty_text",
  "unknown_role",
  "no_assistant_turn",
  "preference_data",
  "row_too_large",
]);
export type RejectionReason = z.infer<typeof rejectionReasonSchema>;

/** One row that was left out. `line` is 1-based and is where the row begins in the file. */
export const rejectionSchema = z.object({
  line: z.int().positive(),
  reason: rejectionReasonSchema,
  /** What is wrong with this very row and what would mend it. */
  message: z.string(),
  /** The first characters of the row, control characters made visible. */
  excerpt: z.string(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

const datasetCommon = {
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  fileName: z.string(),
  fileSizeBytes: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  deletedAt: z.iso.datetime().nullable(),
};

export const importProgressSchema = z.object({
  bytesRead: z.int().nonnegative(),
  bytesTotal: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

/** Counts over the accepted rows of a dataset. */
export const datasetStatisticsSchema = z.object({
  rows: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  /** Rows equal to an earlier row after white space is folded. They are kept, and counted here. */
  duplicates: z.int().nonnegative(),
  turns: z.int().nonnegative(),
  characters: z.int().nonnegative(),
  longestRowCharacters: z.int().nonnegative(),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

export const datasetSchema = z.discriminatedUnion("status", [
  z.object({ ...datasetCommon, status: z.literal("importing"), progress: importProgressSchema }),
  z.object({
    ...datasetCommon,
    status: z.literal("ready"),
    format: datasetFormatSchema,
    sha256: z.string().length(64),
    statistics: datasetStatisticsSchema,
  }),
  z.object({ ...datasetCommon, status: z.literal("rejected"), failure: failureSchema }),
]);
export type Dataset = z.infer<typeof datasetSchema>;
export type ReadyDataset = Extract<Dataset, { status: "ready" }>;

export const turnRoleSchema = z.enum(["system", "user", "assistant", "tool", "text"]);
export type TurnRole = z.infer<typeof turnRoleSchema>;

export const turnSchema = z.object({ role: turnRoleSchema, text: z.string() });
export type Turn = z.infer<typeof turnSchema>;

export const previewRowSchema = z.object({
  /** 0-based among the accepted rows. */
  index: z.int().nonnegative(),
  /** 1-based line of the file at which the row begins. */
  line: z.int().positive(),
  turns: z.array(turnSchema),
  /** True when long turns were cut to keep the reply small. */
  isCut: z.boolean(),
});
export type PreviewRow = z.infer<typeof previewRowSchema>;

/** A file as the caller can name it. Only local callers (the command line) may name a path. */
export const fileSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), fileId: z.uuid() }),
  z.object({ kind: z.literal("path"), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal("sample") }),
]);
export type FileSource = z.infer<typeof fileSourceSchema>;

const idInput = z.object({ id: z.uuid() });
const pageInput = z.object({
  id: z.uuid(),
  offset: z.int().nonnegative(),
  limit: z.int().positive().max(200),
});

export const datasetProcedures = {
  /** Starts an import and answers at once; progress and the end arrive on `datasets.changed`. */
  "datasets.import": {
    input: z.object({
      source: fileSourceSchema,
      name: z.string().min(1).max(200).optional(),
      /** It never goes to a project, unless somebody lets it later (`sync.setKeepLocal`). */
      keepLocal: z.boolean().optional(),
    }),
    output: datasetSchema,
  },
  "datasets.cancelImport": { input: idInput, output: z.null() },
  "datasets.list": { input: z.object({}), output: z.array(datasetSchema) },
  "datasets.get": { input: idInput, output: datasetSchema },
  "datasets.preview": {
    input: pageInput,
    output: z.object({ total: z.int().nonnegative(), rows: z.array(previewRowSchema) }),
  },
  "datasets.rejections": {
    input: pageInput,
    output: z.object({ total: z.int().nonnegative(), rows: z.array(rejectionSchema) }),
  },
  "datasets.update": {
    input: z.object({
      id: z.uuid(),
      name: z.string().trim().min(1).max(200).optional(),
      description: z.string().max(10_000).optional(),
    }),
    output: datasetSchema,
  },
  /** Hides the dataset; `datasets.restore` brings it back until its file is purged. */
  "datasets.delete": { input: idInput, output: z.null() },
  /** What deleting it here would do elsewhere. */
  "datasets.deletion": { input: idInput, output: deletionSchema },
  "datasets.restore": { input: idInput, output: datasetSchema },
} as const;

export const datasetTopics = {
  "datasets.changed": datasetSchema,
} as const;
