import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import type { ElsewhereJob } from "./elsewhere-slice.ts";

/** Asks a job's own workstation to stop it or to go on with it. */
export function useDesiredState({
  id,
  name,
  workstation,
}: ElsewhereJob): Action<["running" | "stopped"]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(async (desiredState: "running" | "stopped") => {
    await client.request("elsewhere.setDesiredState", { jobId: id, desiredState });
    notify.done(
      desiredState === "stopped" ? `“${name}” was asked to stop` : `“${name}” was asked to go on`,
      `${workstation} does it when it next syncs.`,
    );
  }, notify.failed);
}
