import { z } from "zod";

/** "Train the sample": everything from nothing to a running job, in one go. */
export const sampleRunSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("idle") }),
  z.object({
    state: z.literal("preparing"),
    step: z.enum(["environment", "model", "dataset"]),
    message: z.string(),
  }),
  z.object({ state: z.literal("launched"), jobId: z.uuid() }),
  z.object({ state: z.literal("failed"), message: z.string() }),
]);
export type SampleRun = z.infer<typeof sampleRunSchema>;
