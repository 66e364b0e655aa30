import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addAdapterOfAnotherMachine } from "./another-adapter.ts";
import { goTo, look, openBrowser, openPage } from "./desk-page.ts";
import { type E2eProject, openE2eProject } from "./e2e-project.ts";
import { type HeadlessDesk, startHeadlessDesk } from "./headless-desk.ts";
import { openProjectDoor, type ProjectDoor } from "./project-door.ts";

/*
 * Signing in by mail, giving a refused change up, and files whose way is cut off, in the window and
 * against the real stack. The tests build on each other.
 */
const EMAIL = "owner@example.org";
let home = "";
let project: E2eProject;
let door: ProjectDoor;
let desk: HeadlessDesk;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-e2e-sync-files-"));
  project = await openE2eProject();
  door = await openProjectDoor(project.stack.apiUrl);
  desk = await startHeadlessDesk(home);
  browser = await openBrowser();
  page = await openPage(browser, desk.link);
});
afterAll(async () => {
  await browser?.close();
  await desk?.kill("SIGTERM");
  await door?.close();
  await project?.close();
  if (home !== "") rmSync(home, { recursive: true, force: true });
});

const go = (view: string) => goTo(page, view);

test("a code that came by mail signs in, a wrong one says what to do", async () => {
  await go("Sync");
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByLabel("Project address").fill(door.url);
  await form.getByLabel("Publishable (anon) key").fill(project.stack.publishableKey);
  await form.getByLabel("E-mail address").fill(EMAIL);
  await form.getByRole("radio", { name: "Code by mail" }).click();
  await form.getByRole("button", { name: "Send a code" }).click();
  await form.getByText(`Sent to ${EMAIL}.`).waitFor();
  const code = /\b\d{6}\b/.exec(project.stack.mailsTo(EMAIL).at(-1)?.text ?? "")?.[0] ?? "";
  const field = form.getByRole("textbox", { name: "Code" });
  await field.fill(code === "000000" ? "111111" : "000000");
  await form.getByRole("button", { name: "Sign in" }).click();
  await form.getByRole("alert").getByText("ask for a new one").waitFor();
  await look(page, "7-sync-wrong-code");
  // What was wrong with a code says nothing of the other way to sign in.
  await form.getByRole("radio", { name: "Password" }).click();
  expect(await form.getByRole("alert").count()).toBe(0);
  await form.getByRole("radio", { name: "Code by mail" }).click();

  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("button", { name: `Account: ${EMAIL}` })
    .first()
    .waitFor();
  await page.getByText("Everything is synced").waitFor();
});

test("a file whose way is cut off waits, and is paused, cancelled and sent again at will", async () => {
  door.shutStorage();
  await go("Datasets");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import dataset" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a dataset" });
  await dialog.getByRole("button", { name: "Choose file" }).click();
  const buffer = Buffer.from('{"prompt": "How long?", "completion": "Long."}\n');
  const mimeType = "application/x-jsonlines";
  await (await chooser).setFiles({ name: "minutes.jsonl", mimeType, buffer });
  await page.getByText("How long?").waitFor();
  await go("Sync");
  const files = page.getByRole("region", { name: "Files" });
  await files.getByText("It is tried again by itself; what has been moved is kept.").waitFor();
  await look(page, "7-sync-storage-away");
  await files.getByRole("button", { name: /^Pause / }).click();
  await files.getByText("Paused", { exact: true }).waitFor();
  await files.getByRole("button", { name: /^Go on with / }).click();
  await files.getByRole("button", { name: /^Pause / }).waitFor();
  await files.getByRole("button", { name: /^Cancel / }).click();
  await files.getByText("Nothing is on its way.").waitFor();

  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).click();
  await page.getByRole("button", { name: /^Syncs to/ }).click();
  const place = page.getByRole("dialog", { name: "Sync and sharing" });
  await place.getByRole("button", { name: "Upload minutes" }).click();
  await place.getByText("It is tried again by itself").waitFor();
  await look(page, "7-dataset-upload-waits");
  door.openStorage();
  await place.getByRole("button", { name: "Pause minutes" }).click();
  await place.getByRole("button", { name: "Go on with minutes" }).click();
  await place.getByText("Uploaded", { exact: true }).waitFor();
  expect(await project.query("select 1 from storage.objects")).toHaveLength(1);
  await place.getByRole("button", { name: "Close" }).last().click();
});

test("rows of another machine are fetched, over a cut, and are datasets of this one then", async () => {
  const text = '{"prompt": "How far?", "completion": "Far."}\n';
  const sha256 = createHash("sha256").update(text).digest("hex");
  const { id: userId, client } = project.owner;
  const storagePath = `${userId}/${sha256}/data.jsonl`;
  const stored = await client.storage
    .from("lora-datasets")
    .upload(storagePath, Buffer.from(text), { contentType: "application/x-jsonlines" });
  expect(stored.error).toBeNull();
  const added = await client.from("datasets").insert({
    user_id: userId,
    name: "distances",
    format: "prompt_completion",
    status: "ready",
    file_name: "distances.jsonl",
    file_size_bytes: text.length,
    sha256,
    storage_path: storagePath,
    total_training_pairs: 1,
    training_ready: true,
  });
  expect(added.error).toBeNull();
  door.shutStorage();
  await go("Sync");
  await page.getByRole("button", { name: "Sync now" }).click();
  await go("Datasets");
  await page.getByRole("link", { name: /^distances/ }).click();
  await page.getByRole("button", { name: "Download distances" }).click();
  await page.getByText("It is tried again by itself").waitFor();
  await look(page, "7-dataset-download-waits");
  door.openStorage();
  await page.getByRole("button", { name: "Pause distances" }).click();
  await page.getByRole("button", { name: "Go on with distances" }).click();
  await page.getByText("How far?").waitFor();
  await page.getByRole("link", { name: "Train on it" }).waitFor();
});

test("a fetched adapter shows its run as the project knows it, and its copy can be removed", async () => {
  await addAdapterOfAnotherMachine(project);
  await go("Sync");
  await page.getByRole("button", { name: "Sync now" }).click();
  await go("Jobs");
  await page.getByRole("link", { name: "First run" }).click();
  await page.getByRole("button", { name: "Download First run" }).click();
  const tabs = page.getByRole("tablist", { name: "Parts of this job" });
  await tabs.waitFor();
  await page.getByRole("figure", { name: "Loss" }).locator("canvas").waitFor();
  await page.getByText("on lab-1", { exact: true }).waitFor();
  expect(await tabs.getByRole("tab").allInnerTexts()).toEqual([
    "Charts",
    "Configuration",
    "Result",
  ]);
  await look(page, "7-job-downloaded");
  await tabs.getByRole("tab", { name: "Result" }).click();
  await page.getByText('base = "tiny"').waitFor();
  expect(await page.getByRole("button", { name: /^Upload/ }).count()).toBe(0);

  await page.getByRole("button", { name: "More actions for First run" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("Only the copy on this computer is removed").waitFor();
  await dialog.getByRole("button", { name: "Remove the copy" }).click();
  await page
    .getByRole("table", { name: "Jobs on other machines" })
    .getByText("First run")
    .waitFor();
  expect(await project.query("select name from public.training_jobs")).toEqual([
    { name: "First run" },
  ]);
});

test("a refused change is exported, and given up for what the project says", async () => {
  await project.query(
    "alter table public.datasets add constraint no_hours check (name <> 'hours')",
  );
  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).click();
  await page.getByRole("button", { name: "Dataset actions" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox").first().fill("hours");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "1 needs attention" }).click();
  const more = page.getByRole("button", { name: "More actions for hours" });
  await more.click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export to file" }).click();
  const exported = JSON.parse(readFileSync(await (await download).path(), "utf8")) as object;
  expect(exported).toMatchObject({
    change: { table: "datasets", values: { name: "hours" } },
    row: { file_name: "minutes.jsonl" },
  });

  await more.click();
  await page.getByRole("menuitem", { name: "Discard" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("What the project says of the dataset “hours” holds").waitFor();
  await look(page, "7-sync-discard");
  await dialog.getByRole("button", { name: "Discard this change" }).click();
  await page.getByText("Everything is synced").waitFor();
  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).waitFor();
  expect(await page.getByRole("link", { name: /^hours/ }).count()).toBe(0);
});
