import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { z } from "zod";
import { CostsView } from "../costs/costs-view.tsx";
import { DatasetsView } from "../datasets/datasets-view.tsx";
import { GpusView } from "../gpus/gpus-view.tsx";
import { JobView } from "../jobs/job-view.tsx";
import { JobsView } from "../jobs/jobs-view.tsx";
import { ModelsView } from "../models/models-view.tsx";
import { NewJobView } from "../new-job/new-job-view.tsx";
import { OverviewView } from "../overview/overview-view.tsx";
import { SettingsView } from "../settings/settings-view.tsx";
import { SyncView } from "../sync/sync-view.tsx";
import { BrokenPage } from "./broken-page.tsx";
import { Frame } from "./frame.tsx";
import { MissingPage } from "./missing-page.tsx";

// A search parameter that makes no sense is left out rather than shown as an error.
const datasetSearch = z.object({
  tab: z.enum(["rows", "tokens", "rejected"]).optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  row: z.int().positive().optional().catch(undefined),
});
const jobSearch = z.object({
  tab: z
    .enum(["charts", "samples", "log", "timeline", "history", "cost", "configuration", "result"])
    .optional()
    .catch(undefined),
});
const newJobSearch = z.object({
  dataset: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  from: z.string().optional().catch(undefined),
});

const costSearch = z.object({
  by: z.enum(["month", "dataset", "project"]).optional().catch(undefined),
});

const syncSearch = z.object({ signIn: z.boolean().optional().catch(undefined) });

const root = createRootRoute({ component: Frame, notFoundComponent: MissingPage });
const under = { getParentRoute: () => root } as const;

const routes = root.addChildren([
  createRoute({ ...under, path: "/", component: OverviewView }),
  createRoute({ ...under, path: "/datasets", component: DatasetsView }),
  createRoute({
    ...under,
    path: "/datasets/$datasetId",
    component: DatasetsView,
    validateSearch: datasetSearch,
  }),
  createRoute({ ...under, path: "/jobs", component: JobsView }),
  createRoute({ ...under, path: "/jobs/new", component: NewJobView, validateSearch: newJobSearch }),
  createRoute({ ...under, path: "/jobs/$jobId", component: JobView, validateSearch: jobSearch }),
  createRoute({ ...under, path: "/models", component: ModelsView }),
  createRoute({ ...under, path: "/gpus", component: GpusView }),
  createRoute({ ...under, path: "/costs", component: CostsView, validateSearch: costSearch }),
  createRoute({ ...under, path: "/sync", component: SyncView, validateSearch: syncSearch }),
  createRoute({ ...under, path: "/settings", component: SettingsView }),
]);

/** Hash history: the desktop shell serves one file, and a reload must find the same view. */
export function createDeskRouter() {
  return createRouter({
    routeTree: routes,
    history: createHashHistory(),
    defaultErrorComponent: BrokenPage,
  });
}

export type DeskRouter = ReturnType<typeof createDeskRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: DeskRouter;
  }
}
