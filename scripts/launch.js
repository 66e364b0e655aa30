#!/usr/bin/env node
/*
 * Starts one of our TypeScript programs on the Node that the project needs (24: it runs TypeScript
 * directly and has SQLite built in). npm scripts find that Node by themselves, because the `node`
 * package in devDependencies stands first on their PATH; `npx lora-desk` and plain `node` may not.
 *
 *   node scripts/launch.js <program.ts> [arguments]     run that program
 *   lora-desk [arguments]                               run electron/cli.ts
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED_MAJOR = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const isProgram = process.argv[2]?.endsWith(".ts") ?? false;
const program = isProgram ? resolve(process.argv[2]) : join(root, "electron", "cli.ts");
const args = process.argv.slice(isProgram ? 3 : 2);
const ownNode = join(
  root,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  if (!existsSync(join(root, "node_modules", "zod"))) fail("Its packages are not installed yet.");
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), program, ...args], {
    stdio: "inherit",
  });
  // Ctrl-C reaches the child by itself, being in the same terminal; it decides when to end.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
  }
  child.on("exit", (status) => (process.exitCode = status ?? 1));
} else {
  fail(`This is Node ${process.versions.node}, and its own Node ${NEEDED_MAJOR} is not installed.`);
}

function fail(reason) {
  process.stderr.write(
    `LoRA Desk cannot start: ${reason}\n` +
      `Run \`npm ci\` in ${root}. Do not add --ignore-scripts or --omit=dev: the project brings Node ${NEEDED_MAJOR} along as a development package.\n`,
  );
  process.exit(1);
}
