import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addJobOfAnotherMachine } from "./another-machine.ts";
import { importBrokenRows } from "./broken-rows.ts";
import { goTo, look, openBrowser, openPage } from "./desk-page.ts";
import { type E2eProject, openE2eProject } from "./e2e-project.ts";
import { type HeadlessDesk, startHeadlessDesk } from "./headless-desk.ts";

/*
 * A team's project switched on, as a person does it in the window: the real core against a real
 * PostgreSQL, PostgREST, auth and storage. The tests build on each other.
 */
const PASSWORD = "a long password";
let home = "";
let project: E2eProject;
let desk: HeadlessDesk;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-e2e-sync-"));
  project = await openE2eProject();
  desk = await startHeadlessDesk(home);
  browser = await openBrowser();
  page = await openPage(browser, desk.link);
});
afterAll(async () => {
  await browser?.close();
  await desk?.kill("SIGTERM");
  await project?.close();
  if (home !== "") rmSync(home, { recursive: true, force: true });
});

const go = (view: string) => goTo(page, view);

test("without an account everything is local, and the view says what an account is for", async () => {
  await go("Datasets");
  await importBrokenRows(page);
  expect(await page.getByRole("button", { name: /^Syncs to/ }).count()).toBe(0);
  await page.getByRole("button", { name: "On this computer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Kept on this computer until you sign in").waitFor();
  await look(page, "7-dataset-place-no-account");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await go("Sync");
  await page.getByRole("form", { name: "Sign in" }).waitFor();
  await look(page, "7-sync-no-account");
});

test("the first sign-in takes the local work along, and it is synced", async () => {
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByLabel("Project address").fill(project.stack.apiUrl);
  await form.getByLabel("Publishable (anon) key").fill(project.stack.publishableKey);
  await form.getByLabel("E-mail address").fill("owner@example.org");
  await form.getByRole("textbox", { name: "Password" }).fill("a wrong password");
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("password is wrong").waitFor();
  await form.getByText("Take my local work along: 1 dataset").waitFor();
  await look(page, "7-sync-sign-in");

  await form.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Everything is synced").waitFor();
  const rows = await project.query<{ user_id: string; name: string }>(
    "select user_id, name from public.datasets",
  );
  expect(rows).toEqual([{ user_id: project.owner.id, name: "minutes" }]);
  await page.getByRole("link", { name: "Synced" }).waitFor();
  await expect
    .poll(async () =>
      project.query("select 1 from storage.objects where bucket_id = 'lora-datasets'"),
    )
    .toHaveLength(1);
  await look(page, "7-sync-synced");
});

test("a refused change is told with its reason, mended and sent again", async () => {
  await project.query(
    "alter table public.datasets add constraint no_hours check (name <> 'hours')",
  );
  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).click();
  await page.getByRole("button", { name: "Dataset actions" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox").first().fill("hours");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "hours", exact: true }).waitFor();
  await page.getByRole("link", { name: "1 needs attention" }).click();
  const table = page.getByRole("table", { name: "Changes that need attention" });
  await table.getByRole("rowheader", { name: "hours" }).waitFor();
  await look(page, "7-sync-attention");

  await table.getByRole("button", { name: "More actions for hours" }).click();
  await page.getByRole("menuitem", { name: "Edit values" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("name", { exact: true }).fill("days");
  await look(page, "7-sync-edit");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Everything is synced").waitFor();
  expect(await project.query("select name from public.datasets")).toEqual([{ name: "days" }]);
  expect(await table.count()).toBe(0);
});

test("an import is asked where it goes, and what is to stay here stays", async () => {
  await go("Datasets");
  await page.getByRole("button", { name: "Import dataset" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a dataset" });
  await dialog.getByRole("switch", { name: "Keep it on this computer" }).click();
  await look(page, "7-import-keep-local");
  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose file" }).click();
  await (
    await chooser
  ).setFiles({
    name: "private.jsonl",
    mimeType: "application/x-jsonlines",
    buffer: Buffer.from('{"prompt": "a", "completion": "b"}\n'),
  });
  await page.getByRole("button", { name: "Kept local" }).waitFor();
  await page.getByRole("link", { name: "Train on it" }).click();
  await page.getByText("The job stays on this computer because its dataset does.").waitFor();
  await look(page, "7-new-job-kept-dataset");
  await page.getByRole("radio", { name: /^days/ }).click();
  await page.getByRole("switch", { name: "Keep the job on this computer" }).click();
  await look(page, "7-new-job-keep");

  await go("Datasets");
  await page.getByRole("link", { name: /^days/ }).click();
  await page.getByRole("button", { name: /^Syncs to/ }).click();
  await page.getByRole("switch", { name: /Keep this dataset/ }).click();
  await page.getByText("has been sent to the project already").waitFor();
  await look(page, "7-dataset-sent-already");
  await page.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("link", { name: "Synced" }).waitFor();
  expect(await project.query("select name from public.datasets")).toEqual([{ name: "days" }]);
  expect(await project.query("select 1 from storage.objects")).toHaveLength(1);
  await go("Sync");
});

test("a job of another machine is watched and asked to stop", async () => {
  const [dataset] = await project.query<{ id: string }>("select id from public.datasets");
  const { jobId } = await addJobOfAnotherMachine(project.owner, dataset?.id ?? "");
  await page.getByRole("button", { name: "Sync now" }).click();
  await go("Jobs");
  await page.getByRole("table", { name: "Jobs on other machines" }).waitFor();
  await look(page, "7-jobs-elsewhere");
  await page.getByRole("link", { name: "Night run" }).click();
  await page.getByRole("figure", { name: "Loss" }).locator("canvas").waitFor();
  await look(page, "7-job-elsewhere");

  await page.getByRole("button", { name: "Ask to stop Night run" }).click();
  await page.getByText(/A stop was asked for: gpu-box/).waitFor();
  await expect
    .poll(() =>
      project.query("select desired_state from public.training_jobs where id = $1", jobId),
    )
    .toEqual([{ desired_state: "stopped" }]);
});

test("what a machine has left in the project is deleted from here once its run has ended", async () => {
  const remove = page.getByRole("button", { name: "Delete from the project… Night run" });
  expect(await remove.count()).toBe(0);
  await project.query("update public.training_jobs set status = 'stopped'");
  await go("Sync");
  await page.getByRole("button", { name: "Sync now" }).click();
  await go("Jobs");
  await page.getByRole("link", { name: "Night run" }).click();
  await remove.click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText(/If gpu-box still exists, it keeps its own copy/).waitFor();
  await look(page, "7-delete-elsewhere");
  await dialog.getByRole("button", { name: "Delete job" }).click();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  await expect.poll(() => project.query("select 1 from public.training_jobs")).toEqual([]);
  expect(await page.getByRole("link", { name: "Night run" }).count()).toBe(0);
});

test("a team is made of people who have said yes", async () => {
  await go("Sync");
  await page.getByLabel("New team").fill("Speech");
  await page.getByRole("button", { name: "Create" }).click();
  const team = page.getByRole("region", { name: "Speech" });
  await team.getByRole("textbox", { name: /^Invite/ }).fill("other@example.org");
  await team.getByRole("button", { name: "Invite", exact: true }).click();
  await team.getByText("invited, not joined yet").waitFor();

  const { client } = project.other;
  const { data } = await client.rpc("create_team", { name: "Vision" });
  const { id } = data as { id: string };
  await client.rpc("invite_team_member", { team_id: id, email: "owner@example.org" });
  // Found out while somebody looks, every half a minute.
  const join = page.getByRole("button", { name: "Join Vision" });
  await join.waitFor({ timeout: 60_000 });
  await look(page, "7-sync-invitation");
  expect(await page.getByRole("region", { name: "Vision" }).count()).toBe(0);
  await join.click();
  await page.getByRole("region", { name: "Vision" }).waitFor();
  expect(await join.count()).toBe(0);
  await page.getByRole("heading", { name: "Teams" }).scrollIntoViewIfNeeded();
  await look(page, "7-sync-teams");
});

test("another account's file shows nothing of this one's, and the way back is there", async () => {
  await go("Datasets");
  await page.getByRole("link", { name: /^days/ }).click();
  await page.getByRole("button", { name: /^Syncs to/ }).click();
  await page.getByRole("switch", { name: /Keep this dataset/ }).waitFor();
  await look(page, "7-dataset-sync-place");
  await page.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Account: owner@example.org" }).click();
  await page.getByRole("menuitemradio", { name: /No account/ }).click();
  await page.getByRole("button", { name: "Account: No account" }).waitFor();
  await page.getByText("No datasets on this computer yet").waitFor();
  expect(await page.getByRole("link", { name: /^days/ }).count()).toBe(0);
  await go("Settings");
  await page.getByRole("heading", { name: "Accounts" }).scrollIntoViewIfNeeded();
  await look(page, "7-settings-accounts");

  await page.getByRole("button", { name: "Account: No account" }).click();
  await page.getByRole("menuitemradio", { name: /owner@example.org/ }).click();
  await go("Datasets");
  await page.getByRole("link", { name: /^days/ }).waitFor();
});

test("signed out, the work stays and waits, and says so", async () => {
  await page.getByRole("button", { name: "Account: owner@example.org" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in again" }).click();
  await page.getByText("owner@example.org is signed out").waitFor();
  await look(page, "7-sync-signed-out");

  await page.getByRole("button", { name: "Sign in again" }).click();
  const form = page.getByRole("form", { name: "Sign in" });
  expect(await form.getByLabel("E-mail address").inputValue()).toBe("owner@example.org");
  await form.getByLabel("Publishable (anon) key").fill(project.stack.publishableKey);
  await form.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Everything is synced").waitFor();
});

test("local work that an account does not have is told, and taken into it", async () => {
  await go("Datasets");
  await page.getByRole("button", { name: "Account: owner@example.org" }).click();
  await page.getByRole("menuitemradio", { name: /No account/ }).click();
  await page.getByText("No datasets on this computer yet").waitFor();
  await importBrokenRows(page);
  await page.getByRole("button", { name: "Account: No account" }).click();
  await page.getByRole("menuitemradio", { name: /owner@example.org/ }).click();
  await go("Sync");
  await page.getByText("Local work without an account: 1 dataset").waitFor();
  await look(page, "7-sync-local-work");
  await page.getByRole("button", { name: "Take into this account" }).click();
  await expect
    .poll(async () => project.query("select name from public.datasets order by name"))
    .toEqual([{ name: "days" }, { name: "minutes" }]);
  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).waitFor();
  await page.getByRole("link", { name: /^days/ }).waitFor();
});
