import { z } from "zod";

/** One thing that the app needs of a Supabase project, and how it was found. */
export const projectFindingSchema = z.object({
  /** A table, a function, a bucket, "teams", or "address", "key", "sign-in". */
  subject: z.string(),
  /** `optional`: not there, and not needed. */
  state: z.enum(["ok", "missing", "wrong", "optional"]),
  /** What was found and what to do about it: fit to be shown to a person. */
  message: z.string(),
  /** What to run in the project's SQL editor; null where SQL does not help. */
  sql: z.string().nullable(),
});
export type ProjectFinding = z.infer<typeof projectFindingSchema>;

export const projectCheckSchema = z.object({
  url: z.string(),
  /** Nothing that is needed is missing or wrong, as far as this key can see. */
  isReady: z.boolean(),
  findings: z.array(projectFindingSchema),
});
export type ProjectCheck = z.infer<typeof projectCheckSchema>;

export const supabaseProcedures = {
  /**
   * Looks at a project with the publishable (anon) key alone and changes nothing in it. A secret
   * key is refused and not sent.
   */
  "supabase.checkProject": {
    input: z.object({ url: z.string().trim().max(500), anonKey: z.string().trim().max(2000) }),
    output: projectCheckSchema,
  },
} as const;
