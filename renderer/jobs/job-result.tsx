import { PackageCheck, PackageOpen } from "lucide-react";
import type { Job } from "../../shared/contract/jobs.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { AdapterDetails } from "./adapter-details.tsx";
import { artifactOf } from "./job-facts.ts";
import { isEnded } from "./jobs-slice.ts";
import { TabBody } from "./tab-body.tsx";

type JobResultProps = { readonly job: Job };

/** The adapter, or when it can be expected. */
export function JobResult({ job }: JobResultProps) {
  const artifact = useDesk((state) => artifactOf(valueOr(state.artifacts, []), job.id));
  if (artifact !== undefined) return <AdapterDetails job={job} artifact={artifact} />;
  return (
    <TabBody>
      {job.status === "completed" && <Skeleton label="adapter" rows={5} rowHeight={20} />}
      {job.status !== "completed" && !isEnded(job) && (
        <EmptyState icon={PackageOpen} title="No adapter yet">
          When training completes, the adapter is here: its files, its quality, and how to load it
          in Python.
        </EmptyState>
      )}
      {job.status !== "completed" && isEnded(job) && (
        <EmptyState icon={PackageCheck} title="This run ended before its adapter was written">
          Press Resume to go on from its newest checkpoint.
        </EmptyState>
      )}
    </TabBody>
  );
}
