import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SecretBox } from "./secret-box.ts";
import { openTokenFile } from "./session-tokens.ts";

const tokens = { accessToken: "access-canary", refreshToken: "refresh-canary", expiresInS: 60 };
let folder = "";
let path = "";
const logged: string[] = [];
const log = (...said: unknown[]) => void logged.push(JSON.stringify(said));

/** Turns every bit; what it did not seal itself it cannot open. */
function keychain(key = 0xff): SecretBox {
  const turn = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ key));
  return {
    seal: (text) => turn(Buffer.from(`sealed:${text}`)),
    open: (sealed) => {
      const text = turn(sealed).toString("utf8");
      if (!text.startsWith("sealed:")) throw new Error(`cannot open ${text}`);
      return text.slice("sealed:".length);
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-tokens-"));
  path = join(folder, "session");
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("with a keychain no token is readable in the file", async () => {
  const file = openTokenFile(path, keychain(), log);
  expect(file.read()).toBeNull();
  await file.write(tokens);
  expect(file.read()).toEqual(tokens);
  const stored = readFileSync(path, "utf8");
  const { data } = JSON.parse(stored) as { data: string };
  expect(stored + Buffer.from(data, "base64").toString("latin1")).not.toContain("canary");
  await file.remove();
  expect(file.read()).toBeNull();
});

test("what the desktop app has sealed stays for it when a command line looks", async () => {
  await openTokenFile(path, keychain(), log).write(tokens);
  expect(openTokenFile(path, null, log).read()).toBeNull();
  expect(openTokenFile(path, keychain(), log).read()).toEqual(tokens);
});

test("the desktop app takes what a command line has kept, and seals it from then on", async () => {
  await openTokenFile(path, null, log).write(tokens);
  const file = openTokenFile(path, keychain(), log);
  expect(file.read()).toEqual(tokens);
  await file.write(tokens);
  expect(openTokenFile(path, null, log).read()).toBeNull();
});

test.each([
  ["another keychain", () => openTokenFile(path, keychain(0x7f), log)],
  ["a torn file", () => (writeFileSync(path, '{"kind":"plain","data":"'), openFile())],
  ["other contents", () => (writeFileSync(path, '{"kind":"plain","data":"e30="}'), openFile())],
])("%s means signed out, and the log quotes nothing", async (_what, damage) => {
  await openTokenFile(path, keychain(), log).write(tokens);
  expect(damage().read()).toBeNull();
  expect(logged).toHaveLength(1);
  expect(logged.join()).not.toMatch(/canary|sealed:|accessToken/);
});

function openFile() {
  return openTokenFile(path, null, log);
}
