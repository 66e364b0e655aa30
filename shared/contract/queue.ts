import { z } from "zod";

/** The order in which queued jobs get their devices: by priority, within it as arranged by hand. */
export const queueSchema = z.object({
  /** Nothing new is started while it is paused; what runs goes on. */
  isPaused: z.boolean(),
  /** Ids of the queued jobs, the next one first. */
  order: z.array(z.uuid()),
});
export type Queue = z.infer<typeof queueSchema>;

export const queueProcedures = {
  "queue.get": { input: z.object({}), output: queueSchema },
  "queue.pause": { input: z.object({}), output: queueSchema },
  "queue.resume": { input: z.object({}), output: queueSchema },
  /** Puts a queued job before another one (null: at the end); it takes over that one's priority. */
  "queue.move": {
    input: z.object({ id: z.uuid(), beforeId: z.uuid().nullable() }),
    output: queueSchema,
  },
} as const;

export const queueTopics = { "queue.changed": queueSchema } as const;
