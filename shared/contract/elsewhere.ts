import { z } from "zod";
import {
  datasetRowSchema,
  modelArtifactRowSchema,
  trainingJobRowSchema,
} from "../types/team-rows.ts";
import { metricsPointSchema } from "./job-records.ts";
import { teamInvitationSchema } from "./teams.ts";

/** Rows as the project has them that this machine does not have itself. */
export const elsewhereSchema = z.object({
  datasets: z.array(datasetRowSchema.omit({ sample_data: true, validation_errors: true })),
  jobs: z.array(trainingJobRowSchema),
  artifacts: z.array(modelArtifactRowSchema),
  /** Whose rows these are, by user id; own rows of other machines carry the account's own id. */
  members: z.array(z.object({ userId: z.uuid(), email: z.string() })),
  /** Teams that ask the account's own address to join. */
  invitations: z.array(teamInvitationSchema),
});
export type Elsewhere = z.infer<typeof elsewhereSchema>;

export const elsewhereProcedures = {
  "elsewhere.list": { input: z.object({}), output: elsewhereSchema },
  /** Reads anew what others share, and is answered when that is done; `sync.now` does own rows. */
  "elsewhere.refresh": { input: z.object({}), output: z.null() },
  /** The curve of a job of another machine, fetched when it is looked at. */
  "elsewhere.metrics": {
    input: z.object({
      jobId: z.uuid(),
      fromStep: z.int().nonnegative().optional(),
      toStep: z.int().nonnegative().optional(),
      pixels: z.int().min(1).max(10_000),
    }),
    output: z.object({ totalPoints: z.int().nonnegative(), points: z.array(metricsPointSchema) }),
  },
  /** Deletes an own row of another machine in the project; of a job that is under way it is refused. */
  "elsewhere.delete": {
    input: z.object({
      table: z.enum(["datasets", "training_jobs", "model_artifacts"]),
      id: z.uuid(),
    }),
    output: z.null(),
  },
  /** Asks the job's own workstation to stop it or to go on with it. */
  "elsewhere.setDesiredState": {
    input: z.object({ jobId: z.uuid(), desiredState: z.enum(["running", "stopped"]) }),
    output: z.null(),
  },
} as const;

export const elsewhereTopics = {
  /** Rows of other machines came, changed or went: ask again. */
  "elsewhere.changed": z.object({}),
} as const;
