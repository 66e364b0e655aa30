import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import { beginRebuild, finishRebuild } from "../../electron/sync/mirror-rebuild.ts";
import { ConfirmedStore } from "../../electron/sync/mirror-confirmed-store.ts";
import { MirrorStore } from "../../electron/sync/mirror-store.ts";
import { OverwrittenStore } from "../../electron/sync/merge-overwritten-store.ts";
import { MetricsPushStore } from "../../electron/sync/metrics-push-store.ts";
import { RowMerger } from "../../electron/sync/merge-row.ts";
import type { Store } from "../../electron/store/open-store.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, TransferDesks, upload } from "./transfer-desks.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject();
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project?.close());

/** What sync does when it learns that the project was restored. */
function rebuild(store: Store): void {
  const outbox = new OutboxStore(store);
  const confirmed = new ConfirmedStore(store);
  const about = { workstation: "lab", now: () => new Date(), log: () => undefined };
  const overwritten = new OverwrittenStore(store);
  const deps = {
    outbox,
    confirmed,
    mirror: new MirrorStore(store),
    metrics: new MetricsPushStore(store),
    merger: new RowMerger({ store, outbox, confirmed, overwritten, ...about }),
  };
  beginRebuild(deps, "another");
  finishRebuild(deps);
}

test("what a restored project lacks is stored again, and nothing else", async () => {
  const posted: string[] = [];
  const desk = desks.open({
    fetch: (input, init) => {
      if (init?.method === "POST")
        posted.push(new Headers(init.headers).get("upload-metadata") ?? "");
      return fetch(input, init);
    },
  });
  const lost = await desk.importFile(rowsFile(desks.newFolder(), 1000, "lost.jsonl"));
  const there = await desk.importFile(rowsFile(desks.newFolder(), 1000, "there.jsonl"));
  desk.transfers.start();
  for (const { id } of [lost, there]) await upload(desk, "datasets", id);
  const objects = project.service.storage.from("lora-datasets");
  const place = (sha256: string | null) => `${project.owner.id}/${String(sha256)}`;
  await objects.remove([`${place(lost.sha256)}/data.jsonl`]);
  expect((await objects.list(place(lost.sha256))).data).toEqual([]);
  posted.length = 0;

  desk.transfers.look();
  await desk.turn();
  expect(posted).toEqual([]);
  rebuild(desk.store);
  desk.transfers.look();
  const verified =
    "SELECT count(*) AS count FROM transfers WHERE state = 'done' AND is_verified = 1";
  await desk.until(() => desk.store.prepare(verified).get()?.["count"] === 2 && posted.length > 0);
  expect((await objects.list(place(lost.sha256))).data).toHaveLength(1);
  expect((await objects.list(place(there.sha256))).data).toHaveLength(1);
  expect(posted).toHaveLength(1);
});
