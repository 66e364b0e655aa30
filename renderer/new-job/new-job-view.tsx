import { useSearch } from "@tanstack/react-router";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { startForm } from "./job-form.ts";
import { NewJobForm } from "./new-job-form.tsx";

/** The form needs to know what there is to choose from before it can begin. */
export function NewJobView() {
  const wished = useSearch({ from: "/jobs/new" });
  const datasets = useDesk((state) => state.datasets);
  const library = useDesk((state) => state.modelLibrary);
  const jobs = useDesk((state) => state.jobs);
  const kept = useDesk((state) => valueOr(state.keptLocal, null));
  const failed = [datasets, library, jobs].find(({ state }) => state === "failed");
  const isReady = datasets.state === "ready" && library.state === "ready" && jobs.state === "ready";
  if (!isReady) {
    return (
      <Page title="New job">
        <PageBody width="measure">
          {failed?.state === "failed" ? (
            <Note tone="bad" title="What there is to choose from could not be fetched">
              {failed.error.message}
            </Note>
          ) : (
            <Skeleton label="choices" rows={8} rowHeight={28} />
          )}
        </PageBody>
      </Page>
    );
  }
  const start = {
    datasets: datasets.value,
    models: library.value.models,
    jobs: jobs.value,
    keptJobs: kept?.jobs ?? [],
    wished,
  };
  // Another address begins another form; what arrives later only widens the choice.
  return (
    <NewJobForm
      key={JSON.stringify(wished)}
      datasets={datasets.value}
      models={library.value.models}
      jobs={jobs.value}
      begin={() => startForm(start)}
    />
  );
}
