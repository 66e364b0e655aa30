import { z } from "zod";

/** What else goes with a row that is deleted on this machine. */
export const deletionSchema = z.discriminatedUnion("reach", [
  /** Nothing: it is nowhere else. */
  z.object({ reach: z.literal("machine") }),
  /** The row at the project: it goes for all machines of the account, and for the team. */
  z.object({ reach: z.literal("project") }),
  /** Nothing: it was downloaded, and stays where it was made. */
  z.object({
    reach: z.literal("copy"),
    /** Where it was made. */
    workstation: z.string(),
    /** Else it cannot be downloaded again. */
    isInProject: z.boolean(),
  }),
]);
export type Deletion = z.infer<typeof deletionSchema>;
