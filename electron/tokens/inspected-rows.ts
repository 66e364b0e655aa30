import { z } from "zod";
import {
  type InspectedRow,
  tokenInspectionSchema,
  tokenOutcomeSchema,
} from "../../shared/contract/tokens.ts";

/** What `lora_trainer.inspect_rows` prints. Offsets count code points, as Python does. */
export const inspectionReplySchema = z.object({
  v: z.literal(1),
  template: tokenInspectionSchema.shape.template,
  marking: tokenInspectionSchema.shape.marking,
  max_sequence_tokens: z.int().positive(),
  rows: z.array(
    z.object({
      row: z.int().nonnegative(),
      outcome: tokenOutcomeSchema,
      reason: z.string().nullable(),
      text: z.string(),
      tokens: z.array(
        z.object({
          id: z.int().nonnegative(),
          start: z.int().nonnegative(),
          end: z.int().nonnegative(),
          is_label: z.boolean(),
          sequence: z.int().nonnegative().nullable(),
        }),
      ),
      token_count: z.int().nonnegative(),
      label_count: z.int().nonnegative(),
    }),
  ),
});
export type InspectionReply = z.infer<typeof inspectionReplySchema>;

/** The row as the window has it: UTF-16 offsets, and numbered as in the dataset's preview. */
export function inspectedRowOf(reply: InspectionReply["rows"][number], row: number): InspectedRow {
  const offsetOf = utf16Offsets(reply.text);
  return {
    row,
    outcome: reply.outcome,
    reason: reply.reason,
    text: reply.text,
    tokens: reply.tokens.map(({ id, start, end, is_label: isLabel, sequence }) => ({
      id,
      start: offsetOf(start),
      end: offsetOf(end),
      isLabel,
      sequence,
    })),
    tokenCount: reply.token_count,
    labelCount: reply.label_count,
  };
}

/** From offsets in code points to offsets in UTF-16 code units; none goes beyond the text. */
export function utf16Offsets(text: string): (codePoints: number) => number {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) {
    return (codePoints) => Math.min(codePoints, text.length);
  }
  const offsets = [0];
  let offset = 0;
  for (const character of text) {
    offset += character.length;
    offsets.push(offset);
  }
  return (codePoints) => offsets[codePoints] ?? text.length;
}
