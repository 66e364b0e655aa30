import { useEffect, useState } from "react";
import { useClient } from "../core/desk.tsx";

/** Rises whenever the books change: of one job, or of any. */
export function useCostRevision(jobId: string | null): number {
  const client = useClient();
  const [revision, setRevision] = useState(0);
  useEffect(
    () =>
      client.subscribe("costs.changed", (changed) => {
        const isMeant = jobId === null || changed.jobId === null || changed.jobId === jobId;
        if (isMeant) setRevision((before) => before + 1);
      }),
    [client, jobId],
  );
  return revision;
}
