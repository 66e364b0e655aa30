import { Link } from "@tanstack/react-router";
import { Button, buttonClass } from "../controls/button.tsx";
import { useDesk } from "../core/desk.tsx";
import type { FirstRunStep } from "./first-run.ts";
import { useCancelBuild } from "./use-sample-training.ts";

const PLACES = {
  environment: { to: "/settings", open: "Set up", failed: "Repair" },
  model: { to: "/models", open: "Add a model", failed: "Look at it" },
  dataset: { to: "/datasets", open: "Import", failed: "Look at it" },
} as const;

type FirstRunActionProps = { readonly step: FirstRunStep; readonly jobId: string | undefined };

/** Where one goes to take a step by oneself, or to see how it is going. */
export function FirstRunAction({ step, jobId }: FirstRunActionProps) {
  const isBuilding = useDesk(
    ({ environment }) => environment.state === "ready" && environment.value.state === "building",
  );
  const look = buttonClass({ size: "small" });
  if (step.id === "environment" && isBuilding) return <CancelBuild />;
  if (step.id === "run" && jobId !== undefined) {
    return (
      <Link to="/jobs/$jobId" params={{ jobId }} className={look}>
        Open the run
      </Link>
    );
  }
  if (step.state !== "open" && step.state !== "failed") return null;
  if (step.id === "run") {
    return (
      <Link to="/jobs/new" className={look}>
        Set up
        <span className="visually-hidden"> a run</span>
      </Link>
    );
  }
  const place = PLACES[step.id];
  return (
    <Link to={place.to} className={look}>
      {place[step.state]}
      <span className="visually-hidden">, in {place.to.slice(1)}</span>
    </Link>
  );
}

function CancelBuild() {
  const cancel = useCancelBuild();
  return (
    <Button size="small" onClick={cancel.run} isBusy={cancel.isRunning}>
      Cancel
    </Button>
  );
}
