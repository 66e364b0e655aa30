import { z } from "zod";
import { failureSchema } from "./errors.ts";

/*
 * What travels on either transport.
 *
 *   client                          core
 *     {id, method, params}     →
 *                              ←    {id, ok: true, result} | {id, ok: false, error}
 *     {subscribe, key?}        →
 *                              ←    {topic, key?, data}      (any number)
 *     {unsubscribe, key?}      →
 */
const requestIdSchema = z.int().nonnegative();

export const requestEnvelopeSchema = z.object({
  id: requestIdSchema,
  method: z.string().max(100),
  params: z.unknown(),
});
export type RequestEnvelope = z.infer<typeof requestEnvelopeSchema>;

export const clientEnvelopeSchema = z.union([
  requestEnvelopeSchema,
  z.object({ subscribe: z.string().max(100), key: z.string().max(200).optional() }),
  z.object({ unsubscribe: z.string().max(100), key: z.string().max(200).optional() }),
]);
export type ClientEnvelope = z.infer<typeof clientEnvelopeSchema>;

export const replySchema = z.discriminatedUnion("ok", [
  z.object({ id: requestIdSchema, ok: z.literal(true), result: z.unknown() }),
  z.object({ id: requestIdSchema, ok: z.literal(false), error: failureSchema }),
]);
export type Reply = z.infer<typeof replySchema>;

export const eventEnvelopeSchema = z.object({
  topic: z.string(),
  key: z.string().optional(),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;

export const serverEnvelopeSchema = z.union([replySchema, eventEnvelopeSchema]);
