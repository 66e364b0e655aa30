import { Play, Square } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { askable } from "./elsewhere-facts.ts";
import type { ElsewhereJob } from "./elsewhere-slice.ts";
import { useDesiredState } from "./use-desired-state.ts";

type AskButtonProps = {
  readonly job: ElsewhereJob;
  readonly size?: "medium" | "small";
};

/** Asks for what can be asked for now, if anything. */
export function AskButton({ job, size = "medium" }: AskButtonProps) {
  const ask = useDesiredState(job);
  const state = askable(job);
  if (state === null) return null;
  return (
    <Button
      size={size}
      icon={state === "stopped" ? Square : Play}
      isBusy={ask.isRunning}
      aria-label={state === "stopped" ? `Ask to stop ${job.name}` : `Ask to go on with ${job.name}`}
      onClick={() => ask.run(state)}
    >
      {state === "stopped" ? "Ask to stop" : "Ask to go on"}
    </Button>
  );
}
