import { useEffect, useMemo, useState } from "react";
import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import { useClient } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useRequest } from "../core/use-request.ts";
import { mergeTimeline } from "./timeline.ts";

type Heard = { readonly id: string; readonly entries: readonly TimelineEntry[] };

/** What has happened to a job, oldest first, as it happens. */
export function useJobTimeline(id: string): Loadable<readonly TimelineEntry[]> {
  const client = useClient();
  const fetched = useRequest("jobs.timeline", { id });
  const [heard, setHeard] = useState<Heard>({ id, entries: [] });

  useEffect(
    () =>
      client.subscribe(
        "jobs.timeline",
        ({ entries }) =>
          setHeard((before) => ({
            id,
            entries: mergeTimeline(before.id === id ? before.entries : [], entries),
          })),
        id,
      ),
    [client, id],
  );

  return useMemo(() => {
    if (fetched.state !== "ready") return fetched;
    return ready(mergeTimeline(fetched.value, heard.id === id ? heard.entries : []));
  }, [fetched, heard, id]);
}
