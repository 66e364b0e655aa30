import { receiveAccounts, receiveOpenedFile } from "../accounts/accounts-slice.ts";
import { receiveDataset, receiveDatasets } from "../datasets/datasets-slice.ts";
import {
  receiveArtifact,
  receiveArtifacts,
  receiveJob,
  receiveJobs,
  removeJob,
} from "../jobs/jobs-slice.ts";
import { receiveNotice } from "../notices/notices-slice.ts";
import { followSync } from "../sync/follow-sync.ts";
import type { WindowClient } from "../transport/window-client.ts";
import { forgetFile } from "./desk-store.ts";
import type { DeskStore } from "./desk-store.ts";
import { fetchInto } from "./fetch-into.ts";
import { ready } from "./loadable.ts";
import { whenConnected } from "./when-connected.ts";

/**
 * Keeps the store's projections equal to what the core holds: everything is fetched on every
 * connection and from every account's file, and events carry the changes in between. Returns the
 * function that stops it.
 */
export function followCore(client: WindowClient, store: DeskStore): () => void {
  const { setState } = store;
  const endings = [
    client.subscribe("datasets.changed", (one) => setState((s) => receiveDataset(s, one))),
    client.subscribe("jobs.changed", (one) => setState((s) => receiveJob(s, one))),
    client.subscribe("jobs.removed", ({ id }) => setState((s) => removeJob(s, id))),
    client.subscribe("queue.changed", (queue) => setState({ queue: ready(queue) })),
    client.subscribe("notices.added", (one) => setState((s) => receiveNotice(s, one))),
    client.subscribe("notices.changed", () => fetchNotices(client, store)),
    client.subscribe("artifacts.changed", (one) => setState((s) => receiveArtifact(s, one))),
    client.subscribe("sample.changed", (run) => setState({ sampleRun: ready(run) })),
    client.subscribe("models.changed", (library) => setState({ modelLibrary: ready(library) })),
    client.subscribe("gpus.changed", (report) => setState({ gpuReport: ready(report) })),
    client.subscribe("settings.changed", (settings) => setState({ settings: ready(settings) })),
    client.subscribe("environment.changed", (status) => setState({ environment: ready(status) })),
    client.subscribe("accounts.changed", (all) => setState((s) => receiveOpenedFile(s, all))),
    followSync(client, store),
    store.subscribe((state, before) => {
      if (state.openedFiles === before.openedFiles) return;
      setState(forgetFile);
      fetchAll(client, store);
    }),
    whenConnected(client, () => fetchAll(client, store)),
  ];
  return () => {
    for (const end of endings) end();
  };
}

function fetchNotices(client: WindowClient, store: DeskStore): void {
  void fetchInto(store)("notices", async () => {
    const notices = ready(await client.request("notices.list", {}));
    return () => ({ notices });
  });
}

function fetchAll(client: WindowClient, store: DeskStore): void {
  const fetch = fetchInto(store);
  fetchNotices(client, store);
  void fetch("accounts", async () => {
    const accounts = await client.request("accounts.list", {});
    return (state) => receiveAccounts(state, accounts);
  });
  void fetch("queue", async () => {
    const queue = ready(await client.request("queue.get", {}));
    return () => ({ queue });
  });

  void fetch("datasets", async () => {
    const list = await client.request("datasets.list", {});
    return (state) => receiveDatasets(state, list);
  });
  void fetch("jobs", async () => {
    const list = await client.request("jobs.list", {});
    return (state) => receiveJobs(state, list);
  });
  void fetch("artifacts", async () => {
    const list = await client.request("artifacts.list", {});
    return () => receiveArtifacts(list);
  });
  void fetch("sampleRun", async () => {
    const sampleRun = ready(await client.request("sample.status", {}));
    return () => ({ sampleRun });
  });
  void fetch("modelLibrary", async () => {
    const modelLibrary = ready(await client.request("models.list", {}));
    return () => ({ modelLibrary });
  });
  void fetch("gpuReport", async () => {
    const gpuReport = ready(await client.request("gpus.report", {}));
    return () => ({ gpuReport });
  });
  void fetch("settings", async () => {
    const settings = ready(await client.request("settings.get", {}));
    return () => ({ settings });
  });
  void fetch("environment", async () => {
    const environment = ready(await client.request("environment.status", {}));
    return () => ({ environment });
  });
}
