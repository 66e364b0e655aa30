import { z } from "zod";
import { costEstimateSchema } from "./costs.ts";
import { jobInputSchema } from "./jobs.ts";

const finding = z.object({
  tone: z.enum(["good", "warning", "bad"]),
  message: z.string(),
  /** Null where nothing needs to be done. */
  remedy: z.string().nullable(),
  /** Values that would make it fit, to be taken over with a click. */
  proposal: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
});

export const preflightSchema = z.object({
  memory: z.object({
    /** By formula, and what each part takes. */
    estimateMb: z.number().nullable(),
    parts: z.array(z.object({ name: z.string(), mb: z.number() })),
    /** By a dry run with these very settings on this device; null when there was none. */
    measuredMb: z.number().nullable(),
    limitMb: z.number().nullable(),
  }),
  disk: z.object({ neededBytes: z.number(), freeBytes: z.number().nullable() }),
  time: z.object({ steps: z.int().nullable(), secondsAtMost: z.number().nullable() }),
  cost: costEstimateSchema,
  findings: z.array(finding),
});
export type Preflight = z.infer<typeof preflightSchema>;

export const preflightProcedures = {
  /** At once: from files, formulas and what earlier runs measured. */
  "jobs.preflight": { input: jobInputSchema, output: preflightSchema },
  /** Loads the model and trains one micro-batch without keeping anything; minutes for a big one. */
  "jobs.dryRun": { input: jobInputSchema, output: preflightSchema },
  "jobs.cancelDryRun": { input: z.object({}), output: z.null() },
} as const;
