import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { findBrowser } from "../e2e/find-browser.ts";
import { preparePython } from "./prepare-python.ts";

/*
 * `npm test`: everything, in the order in which it is cheapest to fail.
 * `npm test -- --only lint,unit` runs a part; what a part needs is prepared for it.
 */
const root = join(import.meta.dirname, "..", "..");

interface Step {
  name: string;
  command: readonly string[];
  needs?: readonly ("python" | "browser")[];
}

const steps: readonly Step[] = [
  { name: "lint", command: ["oxlint", "--deny-warnings"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "types", command: ["tsc", "-b"] },
  { name: "build", command: ["electron-vite", "build", "--logLevel", "warn"] },
  { name: "unit", command: ["vitest", "run", "--project", "unit"] },
  {
    name: "python-lint",
    command: ["{python}", "-m", "ruff", "check", "electron/trainer"],
    needs: ["python"],
  },
  {
    name: "python-format",
    command: ["{python}", "-m", "ruff", "format", "--check", "electron/trainer"],
    needs: ["python"],
  },
  {
    name: "python",
    command: ["{python}", "-m", "pytest", "electron/trainer"],
    needs: ["python"],
  },
  {
    name: "integration",
    command: ["vitest", "run", "--project", "integration"],
    needs: ["python"],
  },
  { name: "e2e", command: ["vitest", "run", "--project", "e2e"], needs: ["python", "browser"] },
];

const { values } = parseArgs({ options: { only: { type: "string" } } });
const wanted = values.only?.split(",");
const unknown = wanted?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  const known = steps.map(({ name }) => name).join(", ");
  console.error(`There is no step ${unknown.join(", ")}. Known: ${known}`);
  process.exit(2);
}
const chosen = steps.filter(({ name }) => wanted?.includes(name) ?? true);

mkdirSync(join(root, "test-output"), { recursive: true });
const env: Record<string, string> = {};
const results: { name: string; isPassed: boolean; seconds: number; summary: string[] }[] = [];

try {
  if (chosen.some(({ needs }) => needs?.includes("python"))) {
    heading("Preparing the Python environment");
    env["LORA_DESK_PYTHON"] = await preparePython(root);
  }
  if (chosen.some(({ needs }) => needs?.includes("browser"))) {
    heading("Looking for Chromium");
    env["CHROMIUM_PATH"] = await findBrowser();
    console.log(env["CHROMIUM_PATH"]);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

for (const step of chosen) {
  heading(step.name);
  const [program = "", ...args] = step.command.map((part) =>
    part === "{python}" ? (env["LORA_DESK_PYTHON"] ?? "") : part,
  );
  const startedAt = performance.now();
  const { failed, all } = await execa(program, args, {
    cwd: root,
    env,
    preferLocal: true,
    localDir: root,
    reject: false,
    all: true,
    stdin: "ignore",
    stdout: ["inherit", "pipe"],
    stderr: ["inherit", "pipe"],
  });
  const seconds = (performance.now() - startedAt) / 1000;
  results.push({ name: step.name, isPassed: !failed, seconds, summary: summaryLines(all) });
}

heading("Summary");
for (const { name, isPassed, seconds, summary } of results) {
  const verdict = isPassed ? "ok    " : "FAILED";
  console.log(`${verdict}  ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
  for (const line of summary) console.log(`          ${line}`);
}
const passed = results.filter(({ isPassed }) => isPassed).length;
console.log(`steps: ${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;

function heading(text: string): void {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 72 - text.length))}`);
}

/** The lines in which vitest and pytest themselves count what they ran. */
function summaryLines(output: string): string[] {
  // oxlint-disable-next-line no-control-regex -- colours of a terminal
  const plain = output.replaceAll(/\u001B\[[0-9;]*m/gu, "");
  return plain
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^(Test Files|Tests) +\d|^\d+ (passed|failed).* in [\d.]+s/u.test(line));
}
