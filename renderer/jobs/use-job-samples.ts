import { useEffect, useMemo, useState } from "react";
import type { JobSample } from "../../shared/contract/job-records.ts";
import { useClient } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useRequest } from "../core/use-request.ts";
import { mergeSamples } from "./samples.ts";

type Heard = { readonly id: string; readonly samples: readonly JobSample[] };

/** What a job's model has answered to its prompts, by step, as it happens. */
export function useJobSamples(id: string): Loadable<readonly JobSample[]> {
  const client = useClient();
  const fetched = useRequest("jobs.samples", { id });
  const [heard, setHeard] = useState<Heard>({ id, samples: [] });

  useEffect(
    () =>
      client.subscribe(
        "jobs.samples",
        ({ samples }) =>
          setHeard((before) => ({
            id,
            samples: mergeSamples(before.id === id ? before.samples : [], samples),
          })),
        id,
      ),
    [client, id],
  );

  return useMemo(() => {
    if (fetched.state !== "ready") return fetched;
    return ready(mergeSamples(fetched.value, heard.id === id ? heard.samples : []));
  }, [fetched, heard, id]);
}
