import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "../../shared/contract/jobs.ts";
import { adapterChangesOutput } from "./adapter-changes-output.ts";
import { importBrokenRows } from "./broken-rows.ts";
import { goTo, look, openBrowser, openPage } from "./desk-page.ts";
import { type HeadlessDesk, startHeadlessDesk } from "./headless-desk.ts";

/*
 * The main job, as a person does it in the window, against the real core and real training. The
 * tests build on each other: they are the hours of one first day.
 */
let home = "";
let desk: HeadlessDesk;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-e2e-"));
  desk = await startHeadlessDesk(home);
  browser = await openBrowser();
  page = await openPage(browser, desk.link);
});
afterAll(async () => {
  await browser?.close();
  await desk?.kill("SIGTERM");
  if (home !== "") rmSync(home, { recursive: true, force: true });
});

const go = (view: string) => goTo(page, view);

async function job(): Promise<Job> {
  const client = await desk.client();
  const id = new URL(page.url()).hash.split("/").at(-1)?.split("?")[0] ?? "";
  return client.request("jobs.get", { id }).finally(() => client.close());
}

async function untilStep(step: number): Promise<void> {
  await expect
    .poll(async () => (await job()).progress.step, { timeout: 120_000 })
    .toBeGreaterThanOrEqual(step);
}

/** Every change of the job's status, as the core has recorded it, the newest first. */
async function expectHistory(): Promise<void> {
  const client = await desk.client();
  const history = await client.request("jobs.history", { id: (await job()).id });
  client.close();
  const rows = page.getByRole("table", { name: "History" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(history.length);
  expect(history.map(({ to }) => to)).toEqual(
    expect.arrayContaining(["queued", "preparing", "running", "stopping", "stopped"]),
  );
  const newest = history.at(-1)?.cause ?? "";
  expect(await rows.first().innerText()).toContain(newest);
}

async function expectCosts(): Promise<void> {
  const attempts = page.getByRole("table", { name: "Costs by attempt" }).locator("tbody tr");
  await expect.poll(() => attempts.count()).toBe(2);
}

test("every empty view says what it is for and the next step", async () => {
  await page.getByRole("button", { name: "Train the sample" }).waitFor();
  await look(page, "1-overview-empty");
  for (const view of ["Datasets", "Jobs", "Models", "GPUs", "Costs", "Settings"]) {
    await go(view);
    await look(page, `1-${view.toLowerCase()}-empty`);
  }
});

test("a file is imported; its broken rows are told by line and reason", async () => {
  await go("Datasets");
  await importBrokenRows(page);
  await look(page, "2-dataset-rows");

  await page.getByRole("tab", { name: /left out|rejected/i }).click();
  const table = page.getByRole("region", { name: /left out/i }).getByRole("table");
  await expect.poll(() => table.locator("tbody tr").count()).toBe(5);
  const lines = await table.locator("tbody tr td:first-child").allTextContents();
  expect(lines).toEqual(["11", "21", "31", "41", "51"]);
  await look(page, "2-dataset-rejected");
});

test("the sample is trained by one click, and its curve moves while it runs", async () => {
  await go("Overview");
  await page.getByRole("button", { name: "Train the sample" }).click();
  await page.getByRole("link", { name: "Watch the sample run" }).click({ timeout: 180_000 });
  const chart = page.getByRole("figure", { name: "Loss" });
  await chart.locator("canvas").waitFor({ timeout: 120_000 });
  await untilStep(20);
  const early = await chart.screenshot();
  await untilStep(60);
  expect((await chart.screenshot()).equals(early)).toBe(false);
  await look(page, "3-job-running");

  await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 180_000 });
  const ended = await job();
  if (ended.status !== "completed") throw new Error(`The run ended as ${ended.status}`);
  const client = await desk.client();
  const artifact = await client.request("artifacts.get", { id: ended.artifactId });
  client.close();
  const { firstLoss, lastLoss } = artifact.quality;
  expect(lastLoss).toBeLessThanOrEqual((firstLoss ?? 0) / 2);
  await page.getByRole("tab", { name: "Result" }).click();
  await page.getByText(artifact.path, { exact: true }).first().waitFor();
  await look(page, "3-job-result");
  expect(await adapterChangesOutput(ended.baseModel.path, artifact.path)).toBeGreaterThan(0.1);
});

test("rows are shown token by token, with what is learnt of them marked", async () => {
  await go("Datasets");
  await page.getByRole("link", { name: /^minutes/ }).click();
  await page.getByRole("tab", { name: "Tokens" }).click();
  const row = page.getByRole("region", { name: "Row 2", exact: true });
  await row.getByText(/ tokens, /).waitFor({ timeout: 60_000 });
  const learnt = (await row.locator("mark").allTextContents()).join("");
  expect(learnt).toContain("2 minutes are 120 seconds.");
  expect(learnt).not.toContain("How many");
  await look(page, "3-dataset-tokens");
});

test("a run of one's own goes on when the core is killed, and its curve is complete", async () => {
  await go("Jobs");
  await page.getByRole("link", { name: "New job" }).first().click();
  await page.getByRole("radio", { name: "minutes" }).click();
  await page.getByRole("radio", { name: "lora-desk-tiny" }).click();
  await page.getByLabel("Epochs").fill("400");
  await look(page, "4-new-job");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.getByRole("figure", { name: "Loss" }).locator("canvas").waitFor({ timeout: 120_000 });
  await untilStep(15);

  const before = (await job()).progress.step;
  await desk.kill("SIGKILL");
  desk = await startHeadlessDesk(home, desk.port);
  await untilStep(before + 15);
  const client = await desk.client();
  const { id, progress, attempt } = await job();
  const { points } = await client.request("jobs.metrics", {
    id,
    pixels: 10_000,
    toStep: progress.step,
  });
  client.close();
  expect(attempt).toBe(1);
  const steps = points.filter(({ trainingLoss }) => trainingLoss !== null).map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: progress.step }, (_, index) => index + 1));

  // The page was open all the time: it finds the new core by itself and shows the curve going on.
  const figures = page.getByRole("figure", { name: "Loss" });
  await figures.locator("canvas").waitFor();
  await page.getByText("Running", { exact: true }).first().waitFor();
  await look(page, "4-job-after-kill");
});

test("a run is stopped within a step and can be resumed from there", async () => {
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped", { exact: true }).first().waitFor({ timeout: 60_000 });
  const stopped = await job();
  await look(page, "5-job-stopped");
  await page.getByRole("button", { name: "Resume" }).click();
  await untilStep(stopped.progress.step + 3);
  expect((await job()).attempt).toBe(2);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped", { exact: true }).first().waitFor({ timeout: 60_000 });
  for (const tab of ["Timeline", "Log", "History", "Cost", "Configuration"]) {
    await page.getByRole("tab", { name: tab }).click();
    if (tab === "History") await expectHistory();
    if (tab === "Cost") await expectCosts();
    await look(page, `5-job-${tab.toLowerCase()}`);
  }
});

test("the books show what was trained, with the prices that are entered", async () => {
  await go("Costs");
  const totals = page.getByRole("table", { name: "Costs by month" });
  await totals.locator("tbody tr").first().waitFor();
  await page.getByRole("radio", { name: "One price" }).click();
  await page.getByLabel("Price per kWh").fill("0.31");
  await page.getByRole("button", { name: "Save prices" }).click();
  await page.getByText("Prices saved").waitFor();
  await look(page, "6-costs");
  await page.getByRole("radio", { name: "By dataset" }).click();
  await page.getByRole("table", { name: "Costs by dataset" }).getByText("minutes").waitFor();
});

test("what was told stands behind the bell", async () => {
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await page.getByText("Done: ", { exact: false }).first().waitFor();
  await look(page, "6-notices");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
  await page.keyboard.press("Escape");
});

test("the views with something in them", async () => {
  for (const view of ["Overview", "Jobs", "Models"]) {
    await go(view);
    await look(page, `6-${view.toLowerCase()}`);
  }
});

test("nonsense in the address leads to a page that says so", async () => {
  for (const hash of [
    "#/nowhere",
    "#/jobs/nonsense",
    "#/datasets/00000000-0000-4000-8000-000000000000",
  ]) {
    await page.goto(new URL(`/${hash}`, desk.link).href);
    await page.getByRole("main").waitFor();
    expect(await page.getByRole("main").innerText()).toMatch(
      /no such|not here|nothing here|no page|could not/i,
    );
  }
});
