import { z } from "zod";
import { failureSchema } from "./errors.ts";

/** What the training environment says of itself, by importing its packages. */
export const environmentReportSchema = z.object({
  pythonPath: z.string(),
  pythonVersion: z.string(),
  packages: z.record(z.string(), z.string()),
  torch: z.object({
    version: z.string(),
    /** The CUDA version torch was built for; null for a CPU build. */
    cudaVersion: z.string().nullable(),
    /** Names of the GPUs that torch sees. */
    devices: z.array(z.string()),
    supportsBf16: z.boolean(),
  }),
  checkedAt: z.iso.datetime(),
});
export type EnvironmentReport = z.infer<typeof environmentReportSchema>;

const environmentCommon = {
  /** `own`: built by the app in its data folder; `chosen`: a Python the user points at. */
  source: z.enum(["own", "chosen"]),
  path: z.string(),
};

export const environmentStatusSchema = z.discriminatedUnion("state", [
  z.object({ ...environmentCommon, state: z.literal("unknown") }),
  z.object({ ...environmentCommon, state: z.literal("missing"), message: z.string() }),
  z.object({
    ...environmentCommon,
    state: z.literal("building"),
    step: z.enum(["find_python", "create", "install", "verify"]),
    message: z.string(),
    share: z.number().min(0).max(1),
    startedAt: z.iso.datetime(),
  }),
  z.object({
    ...environmentCommon,
    state: z.literal("ready"),
    report: environmentReportSchema,
    /** Usable, but not as it should be: for example a CPU torch on a machine with a GPU. */
    warnings: z.array(z.object({ message: z.string(), remedy: z.string() })),
  }),
  z.object({ ...environmentCommon, state: z.literal("broken"), failure: failureSchema }),
]);
export type EnvironmentStatus = z.infer<typeof environmentStatusSchema>;

export const environmentProcedures = {
  "environment.status": { input: z.object({}), output: environmentStatusSchema },
  /** Checks again by importing the packages. */
  "environment.check": { input: z.object({}), output: environmentStatusSchema },
  /** Builds the app's own environment; `isFresh` removes the present one first (repair). */
  "environment.build": {
    input: z.object({ isFresh: z.boolean().default(false) }),
    output: environmentStatusSchema,
  },
  "environment.cancelBuild": { input: z.object({}), output: z.null() },
  /** Runs a program, so only local callers may choose it. `null` goes back to the app's own. */
  "environment.use": {
    input: z.object({ pythonPath: z.string().min(1).max(4096).nullable() }),
    output: environmentStatusSchema,
  },
  "environment.log": { input: z.object({}), output: z.object({ text: z.string() }) },
} as const;

export const environmentTopics = {
  "environment.changed": environmentStatusSchema,
  "environment.output": z.object({ text: z.string() }),
} as const;
