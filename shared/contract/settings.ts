import { z } from "zod";
import { pricesSchema } from "./costs.ts";
import { noticeHooksSchema } from "./notifications.ts";
import { USUAL_STOP_GRACE_SECONDS } from "./stop-timings.ts";

export const settingsSchema = z.object({
  theme: z.enum(["system", "light", "dark"]).default("system"),
  /** Folders that are scanned for base models, besides the Hugging Face cache. */
  modelFolders: z.array(z.string()).default([]),
  /** A Python chosen by the user; null for the app's own environment. */
  pythonPath: z.string().nullable().default(null),
  /** A checkout of llama.cpp, whose converters write GGUF; null until the user points at one. */
  llamaCppPath: z.string().nullable().default(null),
  /** Starts with the user's session, so that queued and interrupted runs go on unattended. */
  isStartedAtLogin: z.boolean().default(false),
  /** How long a run that is to stop may take for its checkpoint before it is told by signals. */
  stopGraceSeconds: z.int().min(0).max(86_400).default(USUAL_STOP_GRACE_SECONDS),
  prices: pricesSchema.default(pricesSchema.parse({})),
  noticeHooks: noticeHooksSchema.default(noticeHooksSchema.parse({})),
});
export type Settings = z.infer<typeof settingsSchema>;

export const appInfoSchema = z.object({
  version: z.string(),
  homePath: z.string(),
  /** Which kind of process holds the data folder. */
  shell: z.enum(["desktop", "headless", "cli"]),
  pid: z.int().positive(),
  nodeVersion: z.string(),
  platform: z.string(),
  hostName: z.string(),
  /** What this machine's jobs say of where they run, whatever the computer is called now. */
  workstation: z.string(),
  startedAt: z.iso.datetime(),
  store: z.object({ sqliteVersion: z.string(), journalMode: z.string(), schemaVersion: z.int() }),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const settingsProcedures = {
  "app.info": { input: z.object({}), output: appInfoSchema },
  "settings.get": { input: z.object({}), output: settingsSchema },
  "settings.update": {
    input: z.object({
      theme: settingsSchema.shape.theme.removeDefault().optional(),
      /** Its scripts are run, so only local callers may name one; `null` anyone may set. */
      llamaCppPath: z.string().min(1).max(4096).nullable().optional(),
      isStartedAtLogin: z.boolean().optional(),
      stopGraceSeconds: z.int().min(0).max(86_400).optional(),
    }),
    output: settingsSchema,
  },
  /**
   * Lets the person choose the folder of llama.cpp in the native dialog; null when they do not.
   * Only the desktop shell can; in a browser the command line sets it.
   */
  "settings.chooseLlamaCpp": { input: z.object({}), output: settingsSchema.nullable() },
  /** Opens the native file dialog. Only the desktop shell can; browsers upload instead. */
  "files.choose": {
    input: z.object({}),
    output: z
      .object({ fileId: z.uuid(), name: z.string(), sizeBytes: z.int().nonnegative() })
      .nullable(),
  },
} as const;

export const settingsTopics = {
  "settings.changed": settingsSchema,
} as const;
