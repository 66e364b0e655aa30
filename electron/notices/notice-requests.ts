import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import type { Caller, Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Notice, NoticeHooks } from "../../shared/contract/notifications.ts";
import type { HookAnswer } from "./hook-answer.ts";
import {
  type Hook,
  hooksOf,
  maskHooks,
  requireSafeWebhooks,
  unmaskHooks,
  withoutDoubles,
} from "./notice-hook.ts";
import type { NoticeStore } from "./notice-store.ts";

export type NoticeMethod =
  | "notices.list"
  | "notices.markRead"
  | "notices.hooks"
  | "notices.setHooks"
  | "notices.tryHooks";

export interface NoticeRequestsOptions {
  notices: NoticeStore;
  publish: Publish;
  hooks: () => NoticeHooks;
  setHooks: (hooks: NoticeHooks) => void;
  send: (hook: Hook, notice: Notice) => Promise<HookAnswer>;
  now: () => Date;
  createId: () => string;
}

export function createNoticeRequests(options: NoticeRequestsOptions): Handlers<NoticeMethod> {
  const { notices, publish, hooks, setHooks, send, now, createId } = options;
  return {
    "notices.list": ({ limit }) => ({
      unread: notices.countUnread(),
      notices: notices.list(limit),
    }),
    "notices.markRead": ({ id }) => {
      notices.markRead(id);
      publish("notices.changed", { unread: notices.countUnread() });
      return null;
    },
    "notices.hooks": () => maskHooks(hooks()),
    "notices.setHooks": (wanted, caller) => {
      const present = hooks();
      requireOwnCommand(wanted.command, present.command, caller);
      const next = withoutDoubles(unmaskHooks(wanted, present));
      requireSafeWebhooks(next);
      setHooks(next);
      return maskHooks(next);
    },
    "notices.tryHooks": () => {
      const trial = trialNotice(createId(), now().toISOString());
      return Promise.all(
        hooksOf(hooks()).map(async (hook) => {
          const answer = await send(hook, trial);
          return {
            hook: hook.label,
            isDelivered: answer.isDelivered,
            message: answer.isDelivered ? "The trial notice was taken." : answer.problem,
          };
        }),
      );
    },
  };
}

/**
 * A page must not make this machine run a program. The desktop shell asks the person before it
 * passes on a command, and does so as a local caller; see `withCommandConsent`.
 */
function requireOwnCommand(
  wanted: NoticeHooks["command"],
  present: NoticeHooks["command"],
  caller: Caller,
): void {
  if (caller === "local" || wanted === null || isDeepStrictEqual(wanted, present)) return;
  throw new AppError(
    "forbidden",
    "A command to run at notices may only be set in the desktop app or on this machine's command line: lora-desk notices command PROGRAM",
  );
}

function trialNotice(id: string, createdAt: string): Notice {
  return {
    id,
    type: "system",
    title: "Trial notice from LoRA Desk",
    message: "Notices of runs and datasets will arrive here.",
    priority: "normal",
    isRead: true,
    actionUrl: null,
    createdAt,
  };
}
