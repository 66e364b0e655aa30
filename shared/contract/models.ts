import { z } from "zod";
import { failureSchema } from "./errors.ts";

const modelCommon = {
  /** Stable for a given folder: derived from its real path. */
  id: z.string().min(1).max(200),
  name: z.string(),
  path: z.string(),
  origin: z.enum(["hugging_face_cache", "folder", "tiny"]),
};

export const modelDetailsSchema = z.object({
  architecture: z.string(),
  modelType: z.string(),
  parameters: z.int().nonnegative(),
  weightBytes: z.int().nonnegative(),
  dtype: z.string(),
  contextTokens: z.int().positive().nullable(),
  layers: z.int().positive().nullable(),
  hiddenSize: z.int().positive().nullable(),
  vocabularySize: z.int().positive().nullable(),
  hasTokenizer: z.boolean(),
  hasChatTemplate: z.boolean(),
});
export type ModelDetails = z.infer<typeof modelDetailsSchema>;

export const baseModelSchema = z.discriminatedUnion("status", [
  z.object({ ...modelCommon, status: z.literal("ready"), details: modelDetailsSchema }),
  z.object({
    ...modelCommon,
    status: z.literal("building"),
    progress: z.object({ message: z.string(), share: z.number().min(0).max(1) }),
  }),
  /** Found but not usable: incomplete files, pickled weights, unreadable config, a build that failed. */
  z.object({ ...modelCommon, status: z.literal("unusable"), failure: failureSchema }),
]);
export type BaseModel = z.infer<typeof baseModelSchema>;
export type ReadyModel = Extract<BaseModel, { status: "ready" }>;

export const modelLibrarySchema = z.object({
  models: z.array(baseModelSchema),
  /** Folders that the user added, besides the Hugging Face cache and the app's own. */
  folders: z.array(z.string()),
  hubCachePath: z.string(),
  scannedAt: z.iso.datetime().nullable(),
});
export type ModelLibrary = z.infer<typeof modelLibrarySchema>;

const folderInput = z.object({ path: z.string().trim().min(1).max(4096) });

export const modelProcedures = {
  "models.list": { input: z.object({}), output: modelLibrarySchema },
  "models.scan": { input: z.object({}), output: modelLibrarySchema },
  "models.addFolder": { input: folderInput, output: modelLibrarySchema },
  "models.removeFolder": { input: folderInput, output: modelLibrarySchema },
  /** Starts to make the tiny base model, or answers with the one that is there or under way. */
  "models.createTiny": { input: z.object({}), output: baseModelSchema },
} as const;

export const modelTopics = {
  "models.changed": modelLibrarySchema,
} as const;
