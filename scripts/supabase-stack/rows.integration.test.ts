import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "./open-stack.ts";
import type { Stack } from "./open-stack.ts";
import { connect, signUpUser } from "./sign-up-user.ts";
import type { SignedInUser } from "./sign-up-user.ts";

let stack: Stack;
let ada: SignedInUser;
let bob: SignedInUser;
beforeAll(async () => {
  stack = await openStack({
    migrations: [join(import.meta.dirname, "fixtures", "small-project.sql")],
  });
  ada = await signUpUser(stack, "ada@example.org");
  bob = await signUpUser(stack, "bob@example.org");
});
afterAll(() => stack.close());

async function addLab(name: string): Promise<string> {
  const { data, error } = await ada.client
    .from("labs")
    .insert({ user_id: ada.id, name })
    .select("id")
    .single<{ id: string }>();
  if (error !== null) throw new Error(error.message);
  return data.id;
}

test("a user inserts, selects, updates, upserts and deletes their rows", async () => {
  const id = await addLab("optics");
  const { data: selected } = await ada.client.from("labs").select("name").eq("id", id);
  expect(selected).toEqual([{ name: "optics" }]);

  const updated = await ada.client.from("labs").update({ name: "lasers" }).eq("id", id).select();
  expect(updated.data).toMatchObject([{ id, name: "lasers" }]);

  const upserted = await ada.client
    .from("labs")
    .upsert({ id, user_id: ada.id, name: "photonics" })
    .select("id, name");
  expect(upserted.data).toEqual([{ id, name: "photonics" }]);

  const deleted = await ada.client.from("labs").delete({ count: "exact" }).eq("id", id);
  expect(deleted.count).toBe(1);
});

test("embedded resources follow the foreign key both ways", async () => {
  const lab = await addLab("acoustics");
  await ada.client.from("papers").insert([
    { lab_id: lab, title: "On echoes" },
    { lab_id: lab, title: "On silence" },
  ]);
  const { data } = await ada.client
    .from("labs")
    .select("name, papers(title)")
    .eq("id", lab)
    .order("title", { referencedTable: "papers" });
  expect(data).toEqual([
    { name: "acoustics", papers: [{ title: "On echoes" }, { title: "On silence" }] },
  ]);
  const { data: papers } = await ada.client.from("papers").select("labs(name)").limit(1);
  expect(papers).toEqual([{ labs: { name: "acoustics" } }]);
});

test("a function runs as its caller", async () => {
  await addLab("genetics");
  expect((await ada.client.rpc("count_labs", { prefix: "gen" })).data).toBe(1);
  expect((await bob.client.rpc("count_labs", { prefix: "gen" })).data).toBe(0);
  expect((await connect(stack).rpc("count_labs", { prefix: "gen" })).error?.code).toBe("42501");
});

test("another user sees and changes nothing, and cannot write in one's name", async () => {
  const id = await addLab("secrets");
  const theirs = bob.client.from("labs");
  expect((await theirs.select().eq("id", id)).data).toEqual([]);
  expect((await theirs.update({ name: "mine" }).eq("id", id).select()).data).toEqual([]);
  expect((await theirs.delete({ count: "exact" }).eq("id", id)).count).toBe(0);
  const inserted = await theirs.insert({ user_id: ada.id, name: "forged" });
  expect(inserted.error?.code).toBe("42501");
  const { data } = await ada.client.from("labs").select("name").eq("id", id);
  expect(data).toEqual([{ name: "secrets" }]);
});

test("without signing in there are no rights, and with the secret key no limits", async () => {
  const id = await addLab("open");
  expect((await connect(stack).from("labs").select()).error?.code).toBe("42501");
  const admin = connect(stack, stack.secretKey);
  // The migration grants nothing to service_role, which passes policies but needs grants.
  expect((await admin.from("labs").select().eq("id", id)).error?.code).toBe("42501");

  const database = new Client(stack.dbUrl);
  await database.connect();
  await database.query("grant select on public.labs to service_role");
  await database.end();
  expect((await admin.from("labs").select("name").eq("id", id)).data).toEqual([{ name: "open" }]);
});

test("a select gives at most 1,000 rows", async () => {
  const rows = Array.from({ length: 1005 }, (_, index) => ({
    user_id: bob.id,
    name: `lab ${index}`,
  }));
  await bob.client.from("labs").insert(rows);
  const { data, count } = await bob.client.from("labs").select("id", { count: "exact" });
  expect([data?.length, count]).toEqual([1000, 1005]);
});

test("migrations cannot do to the storage schema what hosted projects forbid", async () => {
  const database = new Client(stack.dbUrl);
  await database.connect();
  const refused = /must be owner of storage\.objects/;
  await expect(
    database.query("alter table storage.objects disable row level security"),
  ).rejects.toThrow(refused);
  await expect(database.query("drop table storage.objects")).rejects.toThrow(refused);
  await expect(database.query("delete from storage.objects")).rejects.toThrow(
    /Use the Storage API instead/,
  );
  await database.end();
});
