import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimeOf } from "../../electron/jobs/process-identity.ts";
import { openStack } from "./open-stack.ts";
import type { Stack, StackOptions } from "./open-stack.ts";
import { connect, signUpUser } from "./sign-up-user.ts";

const migrations = [join(import.meta.dirname, "fixtures", "small-project.sql")];
const running: ChildProcess[] = [];
const opened: Stack[] = [];
let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "stack-test-"));
  // PostgreSQL may run as another user, who must be able to get through.
  chmodSync(place, 0o711);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stack) => stack.close()));
  vi.unstubAllEnvs();
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(place, { recursive: true, force: true });
});

/** Closed at the end of the test, if not before. */
async function open(options: StackOptions = {}): Promise<Stack> {
  const stack = await openStack(options);
  opened.push(stack);
  return stack;
}

interface RunningProgram {
  child: ChildProcess;
  stack: Pick<Stack, "apiUrl" | "publishableKey">;
}

/** `npm run stack -- --json …`, once it says that it is up. */
async function start(...args: string[]): Promise<RunningProgram> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: process.env,
  });
  running.push(child);
  const line = await firstLineOf(child);
  return { child, stack: JSON.parse(line) as Stack };
}

async function firstLineOf(
  child: ChildProcessByStdio<null, Readable, Readable | null>,
): Promise<string> {
  const ended = once(child, "exit").then(([code]) => expect.fail(`it ended with ${code}`));
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended,
  ])) as [string];
  return line;
}

/** As a power cut would end it, and nothing that it has started. */
async function kill({ child }: RunningProgram): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function processesOf(folder: string): number[] {
  const record = readFileSync(join(folder, "processes.json"), "utf8");
  return (JSON.parse(record) as { pid: number }[]).map(({ pid }) => pid);
}

async function aliveOf(pids: number[]): Promise<number[]> {
  const states = await Promise.all(pids.map(async (pid) => [pid, await startTimeOf(pid)] as const));
  return states.filter(([, state]) => state !== "").map(([pid]) => pid);
}

test("two stacks start at once and know nothing of each other", async () => {
  const [first, second] = await Promise.all([open({ migrations }), open({ migrations })]);
  await signUpUser(first, "only@first.example.org");
  const { error } = await connect(second).auth.signInWithPassword({
    email: "only@first.example.org",
    password: "a long password",
  });
  expect(error?.code).toBe("invalid_credentials");
});

test("kept data is there again, with the same keys; thrown away data is gone", async () => {
  vi.stubEnv("TMPDIR", place);
  const folder = join(place, "kept");
  const before = await open({ folder, migrations });
  await expect(openStack({ folder, migrations })).rejects.toThrow(/Another local stack is using/);
  const { id, client } = await signUpUser(before, "ada@example.org");
  await client.from("labs").insert({ user_id: id, name: "optics" });
  await client.storage
    .from("notes")
    .upload(`${id}/a.txt`, "still here", { contentType: "text/plain" });
  await before.close();

  const after = await open({ folder, migrations });
  expect(after.anonKey).toBe(before.anonKey);
  const again = connect(after);
  await again.auth.signInWithPassword({ email: "ada@example.org", password: "a long password" });
  expect((await again.from("labs").select("name")).data).toEqual([{ name: "optics" }]);
  const { data } = await again.storage.from("notes").download(`${id}/a.txt`);
  expect(await data?.text()).toBe("still here");
  await after.close();

  await (await open({ migrations })).close();
  expect(readdirSync(place)).toEqual(["kept"]);
});

test("a stack that was killed is recovered, and what it left running is ended", async () => {
  const folder = join(place, "kept");
  const killed = await start("--keep", folder);
  const account = { email: "ada@example.org", password: "a long password" };
  await connect(killed.stack).auth.signUp(account);
  const leftBehind = processesOf(folder);
  await kill(killed);
  expect(await aliveOf(leftBehind)).toContain(leftBehind[0]);

  const next = await open({ folder, migrations });
  expect(await aliveOf(leftBehind)).toEqual([]);
  const { error } = await connect(next).auth.signInWithPassword(account);
  expect(error).toBeNull();
});

test("a temporary stack that was killed is cleared away by the next one", async () => {
  vi.stubEnv("TMPDIR", place);
  await kill(await start());
  const [left = ""] = readdirSync(place);
  const leftBehind = processesOf(join(place, left));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(place, left), anHourAgo, anHourAgo);

  await (await open()).close();
  expect(readdirSync(place)).toEqual([]);
  expect(await aliveOf(leftBehind)).toEqual([]);
});

test("a program that fails with its stack open leaves nothing running", async () => {
  const folder = join(place, "kept");
  const failing = `
    const { openStack } = await import(${JSON.stringify(join(import.meta.dirname, "open-stack.ts"))});
    await openStack({ folder: ${JSON.stringify(folder)} });
    process.stdout.write((await import("node:fs")).readFileSync(
      ${JSON.stringify(join(folder, "processes.json"))}) + "\\n");
    throw new Error("nobody catches this");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", failing], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.push(child);
  const ended = once(child, "exit");
  const line = await firstLineOf(child);
  expect(await ended).toEqual([1, null]);
  const pids = (JSON.parse(line) as { pid: number }[]).map(({ pid }) => pid);
  await vi.waitFor(async () => expect(await aliveOf(pids)).toEqual([]), { timeout: 20_000 });
});

test("the program writes the environment file, and stops cleanly when it is told to", async () => {
  vi.stubEnv("TMPDIR", place);
  const env = join(place, ".env.local");
  writeFileSync(env, "HF_HOME=/models\n");
  const { child, stack } = await start("--write-env", env);
  expect(readFileSync(env, "utf8")).toMatch(
    new RegExp(`^HF_HOME=/models\nNEXT_PUBLIC_SUPABASE_URL=${stack.apiUrl}\n`),
  );
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(readdirSync(place)).toEqual([".env.local"]);
});

test("data is kept only in a folder that is empty or a stack's already", async () => {
  const folder = join(place, "thesis");
  mkdirSync(join(folder, "files"), { recursive: true });
  await expect(openStack({ folder })).rejects.toThrow(/holds other things than a local stack/);
  expect(readdirSync(folder)).toEqual(["files"]);
});

test.each([
  ["a file", "a-file", /a-file: there is a file of that name\. Choose a new or an empty folder/],
  ["a path through a file", "a-file/kept", /a part of the path is a file/],
])("data cannot be kept in %s", async (_, name, message) => {
  writeFileSync(join(place, "a-file"), "mine");
  await expect(openStack({ folder: join(place, name) })).rejects.toThrow(message);
  expect(readFileSync(join(place, "a-file"), "utf8")).toBe("mine");
});

test("the program starts nothing when the environment file cannot be written", async () => {
  const folder = join(place, "kept");
  const env = join(place, "nowhere", ".env");
  const args = [join(import.meta.dirname, "main.ts"), "--keep", folder, "--write-env", env];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  running.push(child);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect([code, said]).toEqual([1, expect.stringMatching(/there is no folder .*nowhere/)]);
  expect(readdirSync(place)).toEqual([]);
});

test("--fresh begins again and leaves what is not the stack's", async () => {
  const folder = join(place, "kept");
  const before = await open({ folder, migrations });
  await before.close();
  writeFileSync(join(folder, "notes.md"), "mine");
  const { child, stack } = await start("--keep", folder, "--fresh");
  expect(stack.publishableKey).not.toBe(before.publishableKey);
  expect(existsSync(join(folder, "notes.md"))).toBe(true);
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
});

test("a migration that fails says where, and leaves nothing running", async () => {
  vi.stubEnv("TMPDIR", place);
  const broken = join(place, "broken.sql");
  writeFileSync(broken, "select 1;\n\nselect * from nowhere;\n");
  await expect(openStack({ migrations: [broken] })).rejects.toThrow(
    /broken\.sql failed at line 3: relation "nowhere" does not exist/,
  );
  expect(readdirSync(place)).toEqual(["broken.sql"]);
});
