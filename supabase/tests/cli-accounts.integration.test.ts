import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const root = join(import.meta.dirname, "..", "..");
let project: TeamProject;
let home = "";

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-cli-accounts-"));
  project = await openTeamProject();
});
afterAll(async () => {
  await project.close();
  rmSync(home, { recursive: true, force: true });
});

async function desk(args: string[], input = ""): Promise<Record<string, unknown>> {
  const { stdout } = await execa(process.execPath, ["electron/cli.ts", ...args, "--json"], {
    cwd: root,
    env: { LORA_DESK_HOME: home },
    reject: false,
    input,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const place = (email: string) =>
  ["--url", project.stack.apiUrl, "--key", project.stack.publishableKey].concat("--email", email);

test("sign in, take local work along, sync, change accounts, sign out", async () => {
  await desk(["datasets", "import", join(root, "electron", "trainer", "samples", "sample.jsonl")]);
  const wrong = await desk(["login", ...place("owner@example.org")], "not the password");
  expect(wrong).toMatchObject({ ok: false, error: { kind: "forbidden" } });

  const { activeId } = await desk(
    ["login", ...place("owner@example.org"), "--adopt"],
    "a long password\n",
  );
  expect(activeId).toBeTypeOf("string");
  expect(await desk(["sync", "now"])).toMatchObject({ ok: true, state: "idle" });
  const { data } = await project.service.from("datasets").select("user_id,status");
  expect(data).toEqual([{ user_id: project.owner.id, status: "ready" }]);
  expect(await desk(["sync", "quarantine"])).toEqual({ ok: true, changes: [] });

  const email = "by-code@example.org";
  await desk(["login", ...place(email), "--send-code"]);
  const code = /\b\d{6}\b/.exec(project.stack.mailsTo(email)[0]?.text ?? "")?.[0] ?? "";
  expect(await desk(["login", ...place(email), "--code", code])).toMatchObject({
    ok: true,
    accounts: [{ email: "owner@example.org" }, { email, isSignedIn: true }],
  });
  expect(await desk(["accounts", "use", "owner@example.org"])).toMatchObject({ activeId });
  expect(await desk(["sync", "pause"])).toMatchObject({ state: "paused" });
  expect(await desk(["sync", "now"])).toMatchObject({ state: "paused" });
  expect(await desk(["sync", "resume"])).toMatchObject({ ok: true });

  const out = await desk(["logout"]);
  expect(out).toMatchObject({ activeId, accounts: [{ isSignedIn: false }, { isSignedIn: true }] });
  expect(await desk(["sync", "now"])).toMatchObject({ state: "signed_out" });
  expect(await desk(["accounts", "use", "nobody"])).toMatchObject({
    ok: false,
    error: { kind: "not_found" },
  });
});

test("what is imported to be kept never goes to the project, until it is released", async () => {
  await desk(["login", ...place("owner@example.org")], "a long password\n");
  const path = join(home, "secret.jsonl");
  writeFileSync(path, `${JSON.stringify({ prompt: "a", completion: "b" })}\n`);
  await desk(["datasets", "import", path, "--keep-local"]);
  const names = async () =>
    (await project.service.from("datasets").select("name").eq("name", "secret")).data?.length;
  expect(await desk(["sync", "now"])).toMatchObject({ state: "idle" });
  expect(await names()).toBe(0);

  const release = ["sync", "release", "dataset", "secret"];
  expect(await desk(release)).toMatchObject({ ok: true, isKeptLocal: false });
  await desk(["sync", "now"]);
  expect(await names()).toBe(1);
  const late = await desk(["sync", "keep", "dataset", "secret"]);
  expect(late).toMatchObject({ ok: false, error: { kind: "conflict" } });
  expect(JSON.stringify(late)).toMatch(/delete it .* import the file again/);
});
