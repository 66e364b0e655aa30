import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isOurFrame, isOurPage } from "./our-page.ts";
import { createPageProtocol } from "./page-protocol.ts";

const home = mkdtempSync(join(tmpdir(), "page-protocol-"));
afterAll(() => rmSync(home, { recursive: true }));
const rendererPath = join(home, "renderer");
mkdirSync(join(rendererPath, "assets"), { recursive: true });
mkdirSync(join(home, "renderer-secret"));
writeFileSync(join(rendererPath, "index.html"), "<title>LoRA Desk</title>");
writeFileSync(join(rendererPath, "assets", "page.js"), "export {};");
writeFileSync(join(rendererPath, "notes"), "no known type");
writeFileSync(join(home, "secret.json"), '"secret"');
writeFileSync(join(home, "renderer-secret", "secret.json"), '"secret"');
const serve = createPageProtocol(rendererPath);

function get(url: string, method = "GET"): Promise<Response> {
  return serve({ url, method });
}

test("the page and its parts are served with their types and a strict policy", async () => {
  for (const address of ["app://lora-desk/", "app://lora-desk/index.html#/jobs"]) {
    const page = await get(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("LoRA Desk");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  }
  const script = await get("app://lora-desk/assets/page.js");
  expect(script.headers.get("content-type")).toMatch(/^text\/javascript/);
  const policy = script.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("unsafe-eval");
  expect(script.headers.get("x-content-type-options")).toBe("nosniff");
});

test.each([
  "app://lora-desk/../secret.json",
  "app://lora-desk/%2e%2e/secret.json",
  "app://lora-desk/..%2fsecret.json",
  "app://lora-desk/assets/..%2f..%2fsecret.json",
  "app://lora-desk/..%2frenderer-secret%2fsecret.json",
  "app://lora-desk/..%5csecret.json",
  "app://lora-desk//etc/passwd",
  "app://lora-desk/%2fetc%2fpasswd",
  "app://lora-desk/index.html%00.js",
  "app://lora-desk/%zz.html",
  "app://lora-desk/assets",
  "app://lora-desk/notes",
  "app://lora-desk/missing.js",
  "app://other/index.html",
  "app://me@lora-desk/index.html",
  "https://lora-desk/index.html",
])("%s is not served", async (address) => {
  const answer = await get(address);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain("secret");
});

test("only reading is possible", async () => {
  expect((await get("app://lora-desk/index.html", "POST")).status).toBe(405);
  const head = await get("app://lora-desk/index.html", "HEAD");
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test("our page is told from others", () => {
  expect(isOurPage("app://lora-desk/index.html#/datasets")).toBe(true);
  for (const address of ["app://lora-desk.evil/", "https://lora-desk/", "file:///x", "", "app:"]) {
    expect(isOurPage(address)).toBe(false);
  }
  expect(isOurFrame({ url: "app://lora-desk/", parent: null })).toBe(true);
  expect(isOurFrame({ url: "app://lora-desk/", parent: {} })).toBe(false);
  expect(isOurFrame(null)).toBe(false);
});
