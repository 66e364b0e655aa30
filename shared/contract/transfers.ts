import { z } from "zod";
import { failureSchema } from "./errors.ts";

const idInput = z.object({ id: z.uuid() });
const count = z.int().nonnegative();

/** A file on its way to or from a bucket. */
export const transferSchema = z.object({
  id: z.uuid(),
  direction: z.enum(["upload", "download"]),
  /** The row that the file belongs to. */
  table: z.enum(["datasets", "model_artifacts"]),
  rowId: z.uuid(),
  fileName: z.string(),
  state: z.enum(["waiting", "moving", "verifying", "done", "paused", "failed"]),
  bytesDone: count,
  bytesTotal: count,
  /** Over the last seconds; null while it does not move. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  error: failureSchema.nullable(),
});
export type Transfer = z.infer<typeof transferSchema>;

export const transferProcedures = {
  "transfers.list": { input: z.object({}), output: z.array(transferSchema) },
  /** Begins an upload of a dataset's or an adapter's files, or goes on with it. */
  "transfers.upload": {
    input: z.object({ table: z.enum(["datasets", "model_artifacts"]), rowId: z.uuid() }),
    output: z.array(transferSchema),
  },
  /** Brings what another machine has stored here: it then stands among this machine's own. */
  "transfers.download": {
    input: z.object({ table: z.enum(["datasets", "model_artifacts"]), rowId: z.uuid() }),
    output: z.array(transferSchema),
  },
  "transfers.pause": { input: idInput, output: z.null() },
  "transfers.resume": { input: idInput, output: z.null() },
  "transfers.cancel": { input: idInput, output: z.null() },
} as const;

export const transferTopics = {
  "transfers.changed": transferSchema,
  "transfers.removed": z.object({ id: z.uuid() }),
} as const;
