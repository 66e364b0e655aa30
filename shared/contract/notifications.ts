import { z } from "zod";
import { notificationPrioritySchema, notificationTypeSchema } from "../types/team-rows.ts";

export const noticeSchema = z.object({
  id: z.uuid(),
  type: notificationTypeSchema,
  title: z.string(),
  message: z.string(),
  priority: notificationPrioritySchema,
  isRead: z.boolean(),
  /** Where to look, as a path of the window: /jobs/<id>. */
  actionUrl: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** Told besides the list in the app; in the settings. */
export const noticeHooksSchema = z.object({
  isDesktopOn: z.boolean().default(true),
  /** `slack`: {"text"} as Slack, Mattermost and Discord's /slack take it; `generic`: the notice. */
  webhooks: z
    .array(
      z.object({
        url: z.url({ protocol: /^https?$/ }).max(2000),
        kind: z.enum(["generic", "slack"]),
      }),
    )
    .max(5)
    .default([]),
  /** Run without a shell, the notice as JSON on its standard input. Set by the machine's user only. */
  command: z.array(z.string().min(1).max(4096)).max(32).nullable().default(null),
  /** Lower ones stay in the list only. */
  leastPriority: notificationPrioritySchema.default("normal"),
});
export type NoticeHooks = z.infer<typeof noticeHooksSchema>;

export const noticeProcedures = {
  "notices.list": {
    input: z.object({ limit: z.int().min(1).max(500).default(100) }),
    output: z.object({ unread: z.int().nonnegative(), notices: z.array(noticeSchema) }),
  },
  /** Null: all. */
  "notices.markRead": { input: z.object({ id: z.uuid().nullable() }), output: z.null() },
  "notices.hooks": { input: z.object({}), output: noticeHooksSchema },
  "notices.setHooks": { input: noticeHooksSchema, output: noticeHooksSchema },
  /** Sends a trial notice and says how each hook answered. */
  "notices.tryHooks": {
    input: z.object({}),
    output: z.array(z.object({ hook: z.string(), isDelivered: z.boolean(), message: z.string() })),
  },
} as const;

export const noticeTopics = {
  /** Some were read. */
  "notices.changed": z.object({ unread: z.int().nonnegative() }),
  "notices.added": noticeSchema,
} as const;
