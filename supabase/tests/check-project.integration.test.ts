import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProjectCheck } from "../../electron/sync/check-project.ts";
import { openStack, type Stack } from "../../scripts/supabase-stack/open-stack.ts";
import { projectCheckSchema } from "../../shared/contract/supabase.ts";

const supabasePath = join(import.meta.dirname, "..");
/** For the API to have read the schema anew, on a machine with other work. */
const PATIENCE = { timeout: 30_000 };
const { requests } = createProjectCheck({ supabasePath, fetch });

let stack: Stack;
let admin: Client;
/** Where something listened and no longer does. */
let emptyUrl: string;

beforeAll(async () => {
  stack = await openStack();
  admin = new Client(stack.adminDbUrl);
  await admin.connect();
  const gone = createServer();
  emptyUrl = await listen(gone);
  gone.close();
});
afterAll(async () => {
  await admin?.end();
  await stack?.close();
});

async function check(anonKey = stack.anonKey, url = stack.apiUrl) {
  return projectCheckSchema.parse(await requests["supabase.checkProject"]({ url, anonKey }));
}

/** The same, where `answer` may speak in the project's place. */
async function checkThrough(answer: (path: string) => Response | null) {
  const between = createProjectCheck({
    supabasePath,
    fetch: async (address, init) =>
      answer(new URL(new Request(address).url).pathname) ?? fetch(address, init),
  });
  const { apiUrl: url, anonKey } = stack;
  return projectCheckSchema.parse(
    await between.requests["supabase.checkProject"]({ url, anonKey }),
  );
}

/** What is not as it should be, one line each. */
async function faults(): Promise<string[]> {
  const { findings } = await check();
  return findings
    .filter(({ state }) => state !== "ok" && state !== "optional")
    .map(({ subject, state }) => `${subject} ${state}`);
}

describe("what stands in the project", () => {
  test("of a new project everything is missing, and the SQL that comes with it makes it", async () => {
    const { isReady, findings } = await check();
    expect(isReady).toBe(false);
    const missing = findings.filter(({ state }) => state === "missing");
    expect(missing.map(({ subject }) => subject)).toEqual([
      "datasets",
      "training_jobs",
      "metrics_points",
      "model_artifacts",
      "cost_records",
      "notifications",
      "sync_changes",
      "pull_changes",
      "push_changes",
      "push_metrics",
      "lora-datasets",
      "lora-models",
    ]);
    await admin.query("set role postgres");
    for (const sql of new Set(missing.map(({ sql }) => sql))) await admin.query(sql ?? "");
    await admin.query("reset role");
    // The API learns of new functions by a notice, which it has when it answers for them.
    await expect.poll(faults, PATIENCE).toEqual([]);
    expect((await check(stack.publishableKey)).isReady).toBe(true);
  });

  test("teams are optional; once something of them is there, the rest is asked for", async () => {
    const teams = (await check()).findings.filter(({ state }) => state === "optional");
    expect(teams).toMatchObject([
      { subject: "teams", message: expect.stringContaining("stays private") },
    ]);
    const sql = teams[0]?.sql ?? "";
    await admin.query(`set role postgres; ${sql}; reset role`);
    const subjects = async () => (await check()).findings.map(({ subject }) => subject);
    await expect
      .poll(subjects, PATIENCE)
      .toEqual(expect.arrayContaining(["team_members", "my_teams"]));
    await expect.poll(faults, PATIENCE).toEqual([]);
    await admin.query("drop function public.shared_metrics");
    await expect.poll(faults, PATIENCE).toEqual(["shared_metrics missing"]);
    const found = (await check()).findings.find(({ subject }) => subject === "shared_metrics");
    await admin.query(`set role postgres; ${found?.sql}; reset role`);
    await expect.poll(faults, PATIENCE).toEqual([]);
    await admin.query(`
      drop policy "Members can read shared models" on storage.objects;
      drop table public.shared_jobs, public.team_invitations, public.team_members, public.teams;
      drop function public.my_teams, public.create_team, public.invite_team_member,
        public.withdraw_team_invitation, public.my_invitations, public.answer_invitation,
        public.share_job, public.remove_team_member, public.pull_shared, public.shared_metrics,
        public.request_job_state`);
    const optional = async () =>
      (await check()).findings.filter(({ state }) => state === "optional");
    await expect.poll(optional, PATIENCE).toHaveLength(1);
  });

  test("missing columns are all named, with the statements that add them", async () => {
    await admin.query(
      "alter table public.model_artifacts drop column version, drop column description",
    );
    const { findings } = await check();
    const found = findings.find(({ subject }) => subject === "model_artifacts");
    expect(found).toMatchObject({
      state: "missing",
      message: expect.stringContaining("lacks version, description"),
    });
    await admin.query(found?.sql ?? "");
    expect(await faults()).toEqual([]);
  });

  test.each([
    ["datasets", "grant select on public.datasets to anon"],
    [
      "push_metrics",
      `create or replace function public.push_metrics(points jsonb) returns jsonb
        language sql as 'select points';
       grant execute on function public.push_metrics(jsonb) to anon`,
    ],
  ])("%s is wrong when everyone may use it, and the SQL closes it", async (subject, damage) => {
    await admin.query(damage);
    expect(await faults()).toEqual([`${subject} wrong`]);
    const found = (await check()).findings.find((finding) => finding.subject === subject);
    await admin.query(`set role postgres; ${found?.sql}; reset role`);
    expect(await faults()).toEqual([]);
  });

  test("a bucket that strangers may fill is wrong, and nothing stays in it", async () => {
    await admin.query(`
      create policy "Open" on storage.objects for all to anon using (true) with check (true);
      update storage.buckets set allowed_mime_types = null where id = 'lora-models'`);
    expect(await faults()).toEqual(["lora-models wrong"]);
    const { rows } = await admin.query("select name from storage.objects");
    expect(rows).toEqual([]);
    await admin.query('drop policy "Open" on storage.objects');
    expect(await faults()).toEqual([]);
  });
});

describe("answers that say nothing of what was asked for", () => {
  test("a public bucket is wrong, and the SQL closes it", async () => {
    await admin.query("update storage.buckets set public = true where id = 'lora-models'");
    const { isReady, findings } = await check();
    const found = findings.find(({ subject }) => subject === "lora-models");
    expect(isReady).toBe(false);
    expect(found).toMatchObject({ state: "wrong", message: expect.stringContaining("is public") });
    await admin.query(`set role postgres; ${found?.sql}; reset role`);
    expect(await faults()).toEqual([]);
  });

  test("a private bucket whose missing file is told first is private all the same", async () => {
    const asked = new Map<string, number>();
    const { isReady } = await checkThrough((path) => {
      asked.set(path, (asked.get(path) ?? 0) + 1);
      const isFirstLink = path.includes("/object/public/") && asked.get(path) === 1;
      return isFirstLink ? Response.json({ message: "Object not found" }, { status: 400 }) : null;
    });
    expect(isReady).toBe(true);
  });

  test.each([
    ["storage", /^\/storage\//, ["lora-datasets", "lora-models"]],
    ["public links", /^\/storage\/v1\/object\/public\//, ["lora-datasets", "lora-models"]],
    ["one table", /^\/rest\/v1\/datasets/, ["datasets"]],
    ["one function", /^\/rest\/v1\/rpc\/push_metrics/, ["push_metrics"]],
  ])("%s out of order is wrong, and the rest is told", async (_, broken, subjects) => {
    const { isReady, findings } = await checkThrough((path) =>
      broken.test(path) ? new Response("<h1>Bad gateway</h1>", { status: 502 }) : null,
    );
    expect(isReady).toBe(false);
    expect(findings).toHaveLength(15);
    const wrong = findings.filter(({ state }) => state !== "ok" && state !== "optional");
    expect(wrong.map(({ subject, state }) => [subject, state])).toEqual(
      subjects.map((subject) => [subject, "wrong"]),
    );
    expect(wrong[0]?.message).toMatch(/unexpected answer about .*: 502 .*Dashboard → Logs/);
  });

  test("a token that storage refuses does not count as a closed bucket", async () => {
    const { findings } = await checkThrough((path) =>
      path.startsWith("/storage/")
        ? Response.json({ code: "AccessDenied", message: "Invalid Compact JWS" }, { status: 400 })
        : null,
    );
    const buckets = findings.filter(({ subject }) => subject.startsWith("lora-"));
    expect(buckets.map(({ state }) => state)).toEqual(["wrong", "wrong"]);
  });
});

describe("address and key", () => {
  const refusals: [string, () => [url: string, key: string], RegExp][] = [
    ["no address", () => ["my project", stack.anonKey], /is not the address of a project/],
    ["no encryption", () => ["http://example.org", stack.anonKey], /not encrypted/],
    ["a secret key", () => [stack.apiUrl, stack.secretKey], /is a secret key/],
    ["the service-role key", () => [stack.apiUrl, stack.serviceRoleKey], /is a secret key/],
    ["something else", () => [stack.apiUrl, "hunter2"], /is not a key of a Supabase project/],
    ["nobody there", () => [emptyUrl, stack.anonKey], /nothing listens there/],
  ];
  test.each(refusals)("%s is refused in words", async (_, project, message) => {
    const [url, key] = project();
    await expect(check(key, url)).rejects.toThrow(message);
  });

  test("a secret key is not sent anywhere", async () => {
    const calls: unknown[] = [];
    const watched = createProjectCheck({
      supabasePath,
      fetch: async (...call) => {
        calls.push(call);
        return Response.error();
      },
    });
    await expect(
      watched.requests["supabase.checkProject"]({ url: stack.apiUrl, anonKey: stack.secretKey }),
    ).rejects.toThrow(/is a secret key/);
    expect(calls).toEqual([]);
  });

  test("the key of another project is told from a wrong address", async () => {
    expect(await check("sb_publishable_of_another_project")).toMatchObject({
      isReady: false,
      findings: [{ subject: "key", state: "wrong" }],
    });
    const website = createServer((_, response) => response.writeHead(404).end("<h1>Not here</h1>"));
    const url = await listen(website);
    try {
      expect(await check(stack.anonKey, url)).toMatchObject({
        isReady: false,
        findings: [{ subject: "address", state: "wrong" }],
      });
    } finally {
      website.close();
    }
  });
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
