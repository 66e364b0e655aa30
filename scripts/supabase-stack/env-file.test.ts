import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { requireWritableEnvFile, setVariables, writeEnvFile } from "./env-file.ts";

const URL_NAME = "NEXT_PUBLIC_SUPABASE_URL";
const values = { [URL_NAME]: "http://127.0.0.1:4000", SUPABASE_DB_URL: "postgresql://new" };

test("an empty file gets every variable", () => {
  expect(setVariables("", values)).toBe(
    `${URL_NAME}=http://127.0.0.1:4000\nSUPABASE_DB_URL=postgresql://new\n`,
  );
});

test("other lines, their order and the line ends stay", () => {
  const before = `# mine\r\nHF_HOME=/models\r\n${URL_NAME}=http://127.0.0.1:3999\r\nOTHER=1\r\n`;
  expect(setVariables(before, values)).toBe(
    `# mine\r\nHF_HOME=/models\r\n${URL_NAME}=http://127.0.0.1:4000\r\nOTHER=1\r\nSUPABASE_DB_URL=postgresql://new\r\n`,
  );
});

test("the values of a hosted project stay as comments", () => {
  const hosted = `${URL_NAME}="https://abc.supabase.co"`;
  expect(setVariables(`${hosted}\n`, values)).toBe(
    `# ${hosted}\n${URL_NAME}=http://127.0.0.1:4000\nSUPABASE_DB_URL=postgresql://new\n`,
  );
});

test("setting them again changes nothing, and a repeated variable is left once", () => {
  const once = setVariables(`export ${URL_NAME}=http://127.0.0.1:1\n${URL_NAME}=\n`, values);
  expect(setVariables(once, values)).toBe(once);
  expect(once.match(new RegExp(`^${URL_NAME}=`, "gm"))).toHaveLength(1);
});

test.skipIf(process.platform === "win32")("the file is for its owner only", () => {
  const folder = mkdtempSync(join(tmpdir(), "env-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, ".env.local");
  writeFileSync(path, "A=1\n", { mode: 0o644 });
  writeEnvFile(path, values);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^A=1\n/);
});

test("a file that could not be written is refused beforehand, in words", () => {
  const folder = mkdtempSync(join(tmpdir(), "env-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "file"), "A=1\n");
  const attempt = (...names: string[]) => requireWritableEnvFile(join(folder, ...names));
  expect(() => attempt("none", ".env")).toThrow(/\.env cannot be written: there is no folder/);
  expect(() => attempt("file", ".env")).toThrow(/there is no folder .* Name a file in a folder/);
  expect(() => attempt("folder")).toThrow(/folder cannot be written: it is a folder/);
  attempt("file");
  attempt("new");
});
