import type { SampleRun } from "../../shared/contract/sample-run.ts";
import { useDesk } from "../core/desk.tsx";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { firstRunSteps } from "./first-run.ts";
import type { FirstRunStep } from "./first-run.ts";

type FirstRun = { readonly steps: readonly FirstRunStep[]; readonly sample: SampleRun };

/** Where the first run stands, once everything that it depends on has been told. */
export function useFirstRun(): Loadable<FirstRun> {
  const environment = useDesk((state) => state.environment);
  const library = useDesk((state) => state.modelLibrary);
  const datasets = useDesk((state) => state.datasets);
  const jobs = useDesk((state) => state.jobs);
  const sample = useDesk((state) => state.sampleRun);
  for (const part of [environment, library, datasets, jobs, sample]) {
    if (part.state === "failed") return part;
  }
  if (environment.state !== "ready" || library.state !== "ready") return LOADING;
  if (datasets.state !== "ready" || jobs.state !== "ready" || sample.state !== "ready") {
    return LOADING;
  }
  const steps = firstRunSteps({
    environment: environment.value,
    models: library.value.models,
    datasets: datasets.value,
    jobs: jobs.value,
    sample: sample.value,
  });
  return ready({ steps, sample: sample.value });
}
