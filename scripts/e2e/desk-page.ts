import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { findBrowser } from "./find-browser.ts";

const output = join(import.meta.dirname, "..", "..", "test-output", "screenshots");
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

export async function openBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: await findBrowser(),
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(isRoot ? ["--no-sandbox"] : []),
    ],
  });
}

/** A page that fails the test when the window logs an error or throws. */
export async function openPage(browser: Browser, link: string): Promise<Page> {
  const context = await browser.newContext({ viewport: sizes[0], reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(link);
  await page.getByRole("navigation").first().waitFor();
  return page;
}

/** Opens one of the views of the rail. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: view, exact: true }).click();
  await page.getByRole("heading", { level: 1, name: view }).waitFor();
}

/** Keeps pictures in both themes and sizes, and checks each theme's accessibility. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const size of sizes) {
      await page.setViewportSize(size);
      const file = `${name}-${theme}-${size.width}x${size.height}.png`;
      await page.screenshot({ path: join(output, file) });
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${name} (${theme}): ${id} at ${nodes.map(({ html }) => html).join(", ")}`,
      );
    expect(serious).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(sizes[0]);
}
