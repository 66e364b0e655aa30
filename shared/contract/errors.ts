import { z } from "zod";

/**
 * Why a request failed, in terms a caller can act on.
 * `unavailable` means: try again later or elsewhere; `internal` means: our fault, see the log.
 */
export const errorKindSchema = z.enum([
  "invalid_input",
  "not_found",
  "conflict",
  "forbidden",
  "unavailable",
  "unsupported",
  "cancelled",
  "environment",
  "internal",
]);
export type ErrorKind = z.infer<typeof errorKindSchema>;

export const failureSchema = z.object({
  kind: errorKindSchema,
  /** What happened, where, and what to do: fit to be shown to a person. */
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Failure = z.infer<typeof failureSchema>;
