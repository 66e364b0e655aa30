import { useState } from "react";
import type { Result } from "../../shared/contract/contract.ts";
import type { NoticeHooks } from "../../shared/contract/notifications.ts";
import { useClient } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { useRequest } from "../core/use-request.ts";

export type Trial = Result<"notices.tryHooks">;

export type HooksDesk = {
  readonly hooks: Loadable<NoticeHooks>;
  readonly save: Action<[NoticeHooks]>;
  readonly tryAll: Action<[]>;
  /** What the last trial came to; null before one, and once the hooks have changed. */
  readonly trial: Trial | null;
  /** A program that runs at every notice may only be named in the desktop window. */
  readonly canSetCommand: boolean;
};

/** Who else is told. */
export function useHooks(): HooksDesk {
  const client = useClient();
  const fetched = useRequest("notices.hooks", {});
  const [saved, setSaved] = useState<NoticeHooks | null>(null);
  const [trial, setTrial] = useState<Trial | null>(null);
  const save = useAction(async (hooks: NoticeHooks) => {
    setTrial(null);
    setSaved(await client.request("notices.setHooks", hooks));
  });
  const tryAll = useAction(async () => {
    setTrial(null);
    setTrial(await client.request("notices.tryHooks", {}));
  });
  const hooks = saved === null ? fetched : ready(saved);
  return { hooks, save, tryAll, trial, canSetCommand: client.canChooseFolders };
}
