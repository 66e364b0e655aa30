import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrationPaths } from "../../scripts/foundation/scratch-database.ts";
import { environmentOf, writeEnvFile } from "../../scripts/supabase-stack/env-file.ts";
import { openStack, type Stack } from "../../scripts/supabase-stack/open-stack.ts";
import { accessDamages } from "./access-damages.ts";
import { runNode } from "./run-node.ts";
import { tableDamages } from "./table-damages.ts";

interface Fault {
  area: string;
  subject: string;
  problem: string;
  sql: string;
}
interface Verification {
  faults: Fault[];
  warnings: { subject: string; problem: string; remedy: string }[];
}
const root = join(import.meta.dirname, "..", "..");
const load = createRequire(import.meta.url);
const { verifyFoundation } = load(
  "../../scripts/supa-agent-ops/foundation/verify-foundation.js",
) as { verifyFoundation: (project: object, promised: object) => Promise<Verification> };
const { readProjectSettings } = load("../../scripts/supa-agent-ops/project-settings.js") as {
  readProjectSettings: (file: string) => object;
};
const promised = JSON.parse(readFileSync(join(root, "supabase", "foundation.json"), "utf8"));

let stack: Stack;
let folder: string;
let envFile: string;
/** As the superuser: some damage is beyond what a hosted project's owner may do. */
let admin: Client;

beforeAll(async () => {
  stack = await openStack({ migrations: migrationPaths() });
  folder = mkdtempSync(join(tmpdir(), "lora-desk-verification-"));
  envFile = join(folder, ".env.local");
  writeEnvFile(envFile, environmentOf(stack));
  admin = new Client(stack.adminDbUrl);
  await admin.connect();
});
afterAll(async () => {
  await admin?.end();
  await stack?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

function verify(): Promise<Verification> {
  return verifyFoundation(readProjectSettings(envFile), promised);
}

test("a project with the migrations passes", async () => {
  expect(await verify()).toMatchObject({ faults: [], warnings: [] });
});

describe("damage is named, and mended by the statement that comes with it", () => {
  test.each([...tableDamages, ...accessDamages])(
    "$name",
    async ({ sql, area, subject, problem }) => {
      await admin.query(sql);
      const { faults } = await verify();
      const named = { area, subject, problem: expect.stringMatching(problem) as string };
      expect(faults).toContainEqual(expect.objectContaining(named));
      for (const fault of faults) await mend(fault);
      expect((await verify()).faults).toEqual([]);
    },
  );
});

test("a project without teams passes, and is told how to have them", async () => {
  await admin.query(`
    drop policy "Members can read shared models" on storage.objects;
    drop table public.shared_jobs, public.team_invitations, public.team_members, public.teams`);
  expect((await verify()).faults).toEqual([]);
  const { code, output } = await run(["--env", envFile]);
  expect(output).toContain("teams - not set up, which is optional");
  expect(output).toContain("supabase/migrations/20241226_create_teams.sql");
  expect(code).toBe(0);
  const teams = join(root, "supabase", "migrations", "20241226_create_teams.sql");
  await admin.query(`set role postgres; ${readFileSync(teams, "utf8")}; reset role`);
  expect((await verify()).faults).toEqual([]);
});

test.each([
  ["cost_records", "cost_records_pkey"],
  ["metrics_points", "metrics_points_job_id_step_key"],
])("what %s lacks without %s is told once, with one statement", async (table, constraint) => {
  await admin.query(`alter table public.${table} drop constraint ${constraint}`);
  const { faults } = await verify();
  expect(faults).toMatchObject([{ area: "tables", subject: table }]);
  for (const fault of faults) await mend(fault);
  expect((await verify()).faults).toEqual([]);
});

test.each([
  "bucket_id = 'pictures'",
  "bucket_id = 'pictures' and (owner is not null or name = 'this (or) that')",
  "bucket_id = 'pictures' or bucket_id = 'it''s mine'",
])("policies for the project's other buckets are left in peace: %s", async (condition) => {
  await admin.query(`create policy "pictures" on storage.objects for select using (${condition})`);
  expect((await verify()).faults).toEqual([]);
  await admin.query('drop policy "pictures" on storage.objects');
});

describe("the command", () => {
  test("prints what the guide shows, and ends with 0", async () => {
    const { code, output } = await run(["--env", envFile]);
    for (const line of [
      "║   LoRA Training Module - Foundation Verification           ║",
      "🔍 Verifying LoRA Training Tables...",
      "✅ datasets - EXISTS\n   └─ Columns: 21\n   └─ Primary Key: id\n✅ training_jobs - EXISTS\n   └─ Columns: 25",
      "✅ notifications - EXISTS\n   └─ Columns: 10\n   └─ Primary Key: id",
      "📊 VERIFICATION SUMMARY:",
      "Tables:        ✅ PASS\nIndexes:       ✅ PASS\nRLS Policies:  ✅ PASS",
      "Storage:       ✅ PASS",
      "✅ All verification checks passed!\n   The LoRA Training foundation is ready.",
    ]) {
      expect(output).toContain(line);
    }
    expect(code).toBe(0);
  });

  test("ends with 1 and names the table whose row-level security is off", async () => {
    await admin.query("alter table public.datasets disable row level security");
    const { code, output } = await run(["--env", envFile]);
    const { output: json } = await run(["--env", envFile, "--json"]);
    await admin.query("alter table public.datasets enable row level security");
    expect(code).toBe(1);
    expect(output).toContain("❌ datasets - RLS OFF");
    expect(output).toContain("alter table public.datasets enable row level security;");
    expect(output).toContain("RLS Policies:  ❌ FAIL");
    expect(JSON.parse(json)).toMatchObject({
      ok: false,
      columns: { datasets: 21, sync_changes: 11 },
      summary: { tables: true, policies: false },
      faults: [{ area: "policies", subject: "datasets" }],
    });
  });

  const wrongSettings: [string, Record<string, string | undefined>, RegExp][] = [
    ["a missing key", { SUPABASE_SERVICE_ROLE_KEY: "" }, /SUPABASE_SERVICE_ROLE_KEY is not set/],
    ["a missing database URL", { SUPABASE_DB_URL: "" }, /SUPABASE_DB_URL is not set/],
    [
      "an address where nothing listens",
      { NEXT_PUBLIC_SUPABASE_URL: "http://127.0.0.1:9" },
      /127\.0\.0\.1:9 cannot be reached/,
    ],
    [
      "an unknown key",
      { NEXT_PUBLIC_SUPABASE_ANON_KEY: "sb_publishable_unknown" },
      /refuses the key.*Invalid API key/,
    ],
    [
      "a wrong password",
      { SUPABASE_DB_URL: "postgresql://postgres:wrong@127.0.0.1:{port}/postgres" },
      /the password was refused/,
    ],
    ["no connection string", { SUPABASE_DB_URL: "my database" }, /is not a connection string/],
    [
      "the anon key in the place of the secret one",
      { SUPABASE_SERVICE_ROLE_KEY: "sb_publishable_x" },
      /holds the key of the role anon instead of service_role/,
    ],
    [
      "parts of two projects",
      {
        NEXT_PUBLIC_SUPABASE_URL: "https://aaaaaaaaaaaaaaaaaaaa.supabase.co",
        SUPABASE_DB_URL: "postgresql://postgres.bbbbbbbbbbbbbbbbbbbb:x@127.0.0.1:9/postgres",
      },
      /SUPABASE_DB_URL belongs to the project bbbbbbbbbbbbbbbbbbbb/,
    ],
  ];
  test.each(wrongSettings)("says what to do about %s", async (_, changes, message) => {
    const { port } = new URL(stack.dbUrl);
    const values = { ...environmentOf(stack), ...changes };
    const file = join(folder, "wrong.env");
    writeFileSync(
      file,
      Object.entries(values)
        .map(([name, value]) => `${name}=${value?.replace("{port}", port)}`)
        .join("\n"),
    );
    const { code, output } = await run(["--env", file]);
    expect(output).toMatch(message);
    expect(output).toContain("└─");
    expect(code).toBe(1);
  });

  test("refuses a folder in the place of a file", async () => {
    const { code, output } = await run(["--env", folder]);
    expect(code).toBe(1);
    expect(output).toContain(`The settings in ${folder} cannot be read: it is a folder.`);
    expect(output).toContain("└─ Name the file itself");
  });

  test("refuses a file that is not there", async () => {
    const { code, output } = await run(["--env", join(folder, "none")]);
    expect(code).toBe(2);
    expect(output).toContain("There is no file");
  });
});

test("a project with a lower limit for files is warned of it, and passes", async () => {
  const small = await openStack({ migrations: migrationPaths(), projectMaxBytes: 50 * 1024 ** 2 });
  try {
    const file = join(folder, "small.env");
    writeEnvFile(file, environmentOf(small));
    const { code, output } = await run(["--env", file]);
    expect(output).toContain("⚠️  The project refuses files of 500 MB");
    expect(output).toContain("50 MB on the free plan");
    expect(code).toBe(0);
  } finally {
    await small.close();
  }
});

/** Runs what the verification proposes, which for whole objects is "run this file again". */
async function mend({ sql }: Fault): Promise<void> {
  const files = [...sql.matchAll(/^-- Run all of (\S+)$/gm)].map(([, file = ""]) => file);
  const statements =
    files.length === 0 ? [sql] : files.map((file) => readFileSync(join(root, file), "utf8"));
  await admin.query("set role postgres");
  try {
    for (const statement of statements) await admin.query(statement);
  } catch (error) {
    // One statement may have mended two faults: the second finds its work done.
    const isDone = ["42710", "42P07", "42P16"].includes(String((error as { code?: string }).code));
    if (!isDone) throw error;
  } finally {
    await admin.query("reset role");
  }
}

function run(args: string[]): Promise<{ code: number; output: string }> {
  return runNode([join(root, "scripts", "verify-lora-foundation.js"), ...args], root);
}
