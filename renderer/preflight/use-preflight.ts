import { useEffect, useState } from "react";
import type { JobInput } from "../../shared/contract/jobs.ts";
import type { Preflight } from "../../shared/contract/preflight.ts";
import { useClient } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { useRequest } from "../core/use-request.ts";
import { useSettled } from "../core/use-settled.ts";
import type { WindowClient } from "../transport/window-client.ts";

const SETTLED_MS = 350;

export type PreflightDesk = {
  /** Of the newest input that the core has looked at; null while there is nothing to look at. */
  readonly preflight: Loadable<Preflight> | null;
  /** An older one is shown while the newest is on its way. */
  readonly isStale: boolean;
  readonly measure: Action<[]>;
  readonly measuringSince: number | null;
  readonly cancel: () => void;
};

/** What the core says of a run before its launch, renewed as its settings change. */
export function usePreflight(input: JobInput | null): PreflightDesk {
  const client = useClient();
  const settled = useSettled(JSON.stringify(input), SETTLED_MS);
  const [revision, setRevision] = useState(0);
  const asked = JSON.parse(settled) as JobInput | null;
  const answer = useRequest("jobs.preflight", asked, revision);
  const [last, setLast] = useState<Loadable<Preflight>>(answer);
  if (answer.state !== "loading" && answer !== last) setLast(answer);
  const [measuringSince, setMeasuringSince] = useState<number | null>(null);

  const measure = useAction(async () => {
    if (input === null) return;
    setMeasuringSince(Date.now());
    try {
      await client.request("jobs.dryRun", input);
      // The core keeps what was measured, so that asking again tells it.
      setRevision((before) => before + 1);
    } finally {
      setMeasuringSince(null);
    }
  });
  const isMeasuring = measuringSince !== null;
  useEffect(() => {
    if (!isMeasuring) return;
    // Once the form is left, nobody would see the outcome, and the device is wanted for the run.
    return () => cancelDryRun(client);
  }, [client, isMeasuring]);

  const isStale = settled !== JSON.stringify(input) || answer.state === "loading";
  return {
    preflight: asked === null ? null : answer.state === "loading" ? last : answer,
    isStale,
    measure,
    measuringSince,
    cancel: () => cancelDryRun(client),
  };
}

/** It may have ended by itself just now: then there is nothing to cancel. */
function cancelDryRun(client: WindowClient): void {
  client.request("jobs.cancelDryRun", {}).catch(() => undefined);
}
