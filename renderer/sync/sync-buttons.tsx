import { Pause, Play, RefreshCw } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useSyncActions } from "./use-sync-actions.ts";

export function SyncButtons() {
  const state = useDesk(({ syncStatus }) => valueOr(syncStatus, null)?.state ?? "off");
  const { now, pause } = useSyncActions();
  if (state === "off" || state === "signed_out") return null;
  if (state === "paused") {
    return (
      <Button look="primary" icon={Play} isBusy={pause.isRunning} onClick={() => pause.run(false)}>
        Go on syncing
      </Button>
    );
  }
  return (
    <>
      <Button look="quiet" icon={Pause} isBusy={pause.isRunning} onClick={() => pause.run(true)}>
        Pause
      </Button>
      <Button
        icon={RefreshCw}
        isBusy={now.isRunning || state === "syncing"}
        onClick={() => now.run()}
      >
        {state === "syncing" ? "Syncing…" : "Sync now"}
      </Button>
    </>
  );
}
