import { isDeepStrictEqual } from "node:util";
import type { MessageBoxOptions, MessageBoxReturnValue } from "electron";
import { noticeHooksSchema } from "../../shared/contract/notifications.ts";
import type { Dispatch } from "../gateway/dispatch.ts";

export interface CommandConsentParts {
  readonly dispatch: Dispatch;
  readonly ask: (options: MessageBoxOptions) => Promise<MessageBoxReturnValue>;
}

/**
 * A page must not make this machine run a program: a command hook that it sets is shown to the
 * person in a dialog of the system, and only then set with the rights of a local program.
 */
export function withCommandConsent({ dispatch, ask }: CommandConsentParts): Dispatch {
  return async (method, params, caller) => {
    const wanted = caller === "desktop" && method === "notices.setHooks" ? commandOf(params) : null;
    if (wanted === null) return dispatch(method, params, caller);
    const present = await dispatch("notices.hooks", {}, "desktop");
    if (!present.ok) return present;
    const isNew = !isDeepStrictEqual(wanted, commandOf(present.result));
    if (isNew && !(await isAgreedTo(wanted, ask))) {
      const message = "The command was not set, and nothing else was changed.";
      return { ok: false, error: { kind: "cancelled", message } };
    }
    return dispatch(method, params, "local");
  };
}

function commandOf(params: unknown): readonly string[] | null {
  return noticeHooksSchema.safeParse(params).data?.command ?? null;
}

async function isAgreedTo(
  command: readonly string[],
  ask: CommandConsentParts["ask"],
): Promise<boolean> {
  const { response } = await ask({
    type: "warning",
    message: "Run this program at every notice?",
    detail: `${command.map((part) => JSON.stringify(part)).join(" ")}\n\nIt runs with your rights, without asking again.`,
    buttons: ["Run it", "Cancel"],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
