import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { signUpUser, type SignedInUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { newDataset, newJob } from "./sample-rows.ts";
import { beginAs, operation, pull, pullAll, push } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

let project: TeamProject;
/** A user of each test's own, whose feed is empty at its beginning. */
let user: SignedInUser;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  user = await signUpUser(project.stack, `${crypto.randomUUID()}@example.org`);
});

test("an empty feed has no cursor yet", async () => {
  expect(await pull(user.client)).toMatchObject({ cursor: null, changes: [], has_more: false });
});

test("a change is given with its row, its operation, and what it replaced", async () => {
  const dataset = newDataset();
  const insert = operation("insert", "datasets", dataset);
  await push(user.client, insert);
  const first = await pull(user.client);
  expect(first.changes).toMatchObject([
    { op_id: insert.op_id, table: "datasets", action: "insert", row: { id: dataset.id } },
  ]);
  await push(
    user.client,
    operation("update", "datasets", { id: dataset.id, name: "Other", total_tokens: 5 }),
  );
  const second = await pull(user.client, first.cursor);
  expect(second.changes).toMatchObject([
    {
      action: "update",
      columns: ["name", "total_tokens"],
      previous: { name: dataset["name"] },
      row: { name: "Other", total_tokens: 5 },
    },
  ]);
  expect((await pull(user.client, second.cursor)).changes).toEqual([]);
});

test("changes made past push_changes are in the feed too", async () => {
  const { data } = await user.client.from("datasets").insert(newDataset()).select("id").single();
  expect((await pull(user.client)).changes).toMatchObject([
    { op_id: null, row_id: data?.id, action: "insert" },
  ]);
});

test("a row that changed often is given once, as it is now", async () => {
  const dataset = newDataset();
  await push(user.client, operation("insert", "datasets", dataset));
  for (const name of ["a", "b", "c"]) {
    await push(user.client, operation("update", "datasets", { id: dataset.id, name }));
  }
  expect((await pull(user.client)).changes).toMatchObject([{ row: { name: "c" } }]);
});

test("a deleted row is given as gone, with what went along", async () => {
  const dataset = newDataset();
  const job = newJob(dataset.id);
  await push(
    user.client,
    operation("insert", "datasets", dataset),
    operation("insert", "training_jobs", job),
  );
  const { cursor } = await pullAll(user.client);
  await push(user.client, operation("delete", "training_jobs", { id: job.id }));
  expect((await pull(user.client, cursor)).changes).toMatchObject([
    { table: "training_jobs", row_id: job.id, action: "delete", row: null },
  ]);
});

test("nobody sees another user's changes", async () => {
  await push(user.client, operation("insert", "datasets", newDataset()));
  expect((await pull(project.other.client)).changes).toEqual([]);
});

test("pages join without gap and without overlap", async () => {
  const inserts = Array.from({ length: 25 }, () => operation("insert", "datasets", newDataset()));
  await push(user.client, ...inserts);
  const { changes } = await pullAll(user.client, null, 4);
  expect(changes.map(({ op_id: id }) => id)).toEqual(inserts.map(({ op_id: id }) => id));
});

test("a transaction that commits late is not passed by", async () => {
  const { database } = project;
  const late = newDataset();
  await beginAs(database, user.id);
  await database.query("select public.push_changes($1)", [
    JSON.stringify([operation("insert", "datasets", late)]),
  ]);
  const early = newDataset();
  await push(user.client, operation("insert", "datasets", early));
  // The early one has committed; it waits all the same, for the cursor would leave the late behind.
  const meanwhile = await pull(user.client);
  expect(meanwhile.changes).toEqual([]);
  await database.query("commit");
  const { changes } = await pullAll(user.client, meanwhile.cursor);
  expect(changes.map(({ row_id: id }) => id)).toEqual([late.id, early.id]);
});

test("with many writers at once a reader that follows all along misses nothing", async () => {
  const written: string[] = [];
  const write = async () => {
    for (let round = 0; round < 12; round += 1) {
      const batch = Array.from({ length: 5 }, () => operation("insert", "datasets", newDataset()));
      await push(user.client, ...batch);
      written.push(...batch.map(({ row_id: id }) => id));
    }
  };
  const state = { isWriting: true };
  const writers = Promise.all(Array.from({ length: 6 }, write)).finally(() => {
    state.isWriting = false;
  });
  const seen: string[] = [];
  let cursor: string | null = null;
  const follow = async () => {
    const page = await pullAll(user.client, cursor, 7);
    seen.push(...page.changes.map(({ row_id: id }) => id));
    cursor = page.cursor;
  };
  while (state.isWriting) await follow();
  await writers;
  await follow();
  expect(written).toHaveLength(360);
  expect(seen.toSorted()).toEqual(written.toSorted());
});

test("a cursor of another epoch asks for a full resync, which gives everything", async () => {
  const old = newDataset();
  await push(user.client, operation("insert", "datasets", old));
  const { cursor, epoch } = await pullAll(user.client);
  const [, ...rest] = cursor!.split("/");
  const restored = [`${epoch}0`, ...rest].join("/");
  expect(await pull(user.client, restored)).toMatchObject({
    needs_resync: true,
    changes: [],
    cursor: null,
    epoch,
  });

  // As after a restore: the data came with the feed of a former epoch, whose numbers are higher.
  await project.database.query(
    "update public.sync_changes set epoch = 'former', xid = '9000000000' where user_id = $1",
    [user.id],
  );
  const fresh = newDataset();
  await push(user.client, operation("insert", "datasets", fresh));
  const { changes, cursor: end } = await pullAll(user.client, null, 1);
  expect(changes.map(({ row_id: id }) => id)).toEqual([old.id, fresh.id]);
  const latest = newDataset();
  await push(user.client, operation("insert", "datasets", latest));
  expect((await pull(user.client, end)).changes.map(({ row_id: id }) => id)).toEqual([latest.id]);
});

test("a project whose disk was put back to a former day is noticed by its entries", async () => {
  const rows = [newDataset(), newDataset()];
  for (const row of rows) await push(user.client, operation("insert", "datasets", row));
  const { cursor } = await pullAll(user.client);
  const [epoch, former, xid, id] = cursor!.split("/") as [string, string, string, string];
  const later = (value: string, by: bigint) => String(BigInt(value) + by);
  // Not there yet; or there by now, as the work of another transaction.
  for (const restored of [
    [epoch, former, later(xid, 1_000_000n), later(id, 1_000_000n)],
    [epoch, former, later(xid, 1_000_000n), id],
    [epoch, former, xid, later(id, 1_000_000n)],
  ]) {
    expect(await pull(user.client, restored.join("/"))).toMatchObject({
      needs_resync: true,
      cursor: null,
      epoch,
    });
  }
  expect(await pull(user.client, cursor)).toMatchObject({ needs_resync: false, changes: [] });
});
