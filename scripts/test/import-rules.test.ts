import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Plants one fault each into an otherwise empty tree with our lint configuration. */
const root = join(import.meta.dirname, "..", "..");
let tree = "";

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "lora-desk-lint-"));
  for (const file of [".oxlintrc.json", "tsconfig.base.json", "package.json"]) {
    cpSync(join(root, file), join(tree, file));
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "junction");
  writeFileSync(
    join(tree, "tsconfig.json"),
    '{"extends": "./tsconfig.base.json", "compilerOptions": {"lib": ["es2024", "dom"]}, "include": ["**/*.ts"]}',
  );
});
afterAll(() => {
  unlinkSync(join(tree, "node_modules"));
  rmSync(tree, { recursive: true, force: true });
});

async function lint(files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const { stdout } = await execa("oxlint", ["--deny-warnings", ...Object.keys(files)], {
    cwd: tree,
    preferLocal: true,
    localDir: root,
    reject: false,
  });
  for (const path of Object.keys(files)) rmSync(join(tree, path));
  return stdout;
}

test.each([
  ["shared uses Node", { "shared/a.ts": 'import "node:fs";' }, "no-restricted-imports"],
  [
    "shared imports electron/",
    { "shared/a.ts": 'import "../electron/core.ts";' },
    "no-restricted-imports",
  ],
  [
    "electron imports renderer/",
    { "electron/jobs/a.ts": 'import "../../renderer/main.ts";' },
    "no-restricted-imports",
  ],
  [
    "renderer imports electron/",
    { "renderer/jobs/a.ts": 'import "../../electron/core.ts";' },
    "no-restricted-imports",
  ],
  ["renderer uses Node", { "renderer/jobs/a.ts": 'import "node:fs";' }, "no-restricted-imports"],
  [
    "a core part imports the gateway",
    { "electron/jobs/a.ts": 'import "../gateway/hub.ts";' },
    "no-restricted-imports",
  ],
  [
    "a core part imports Electron",
    { "electron/jobs/a.ts": 'import "electron";' },
    "no-restricted-imports",
  ],
  [
    "a cycle",
    {
      "electron/jobs/a.ts": 'import { b } from "./b.ts"; export const a = () => b;',
      "electron/jobs/b.ts": 'import { a } from "./a.ts"; export const b = () => a;',
    },
    "no-cycle",
  ],
  [
    "a barrel",
    {
      "electron/jobs/a.ts": "export const a = 1;",
      "electron/jobs/all.ts": 'export * from "./a.ts";',
    },
    "no-barrel-file",
  ],
  [
    "a floating promise",
    { "electron/jobs/a.ts": "async function work() {}\nexport function start() {\n  work();\n}" },
    "no-floating-promises",
  ],
])("lint finds %s", async (_name, files, rule) => {
  expect(await lint(files)).toContain(rule);
});

test("lint has nothing against what is allowed", async () => {
  const output = await lint({
    "shared/b.ts": "export const b = 1;",
    "electron/jobs/a.ts":
      'import { readFileSync } from "node:fs";\nimport { b } from "../../shared/b.ts";\nexport const a = () => [b, readFileSync];',
  });
  expect(output).toContain("Found 0 warnings and 0 errors");
});
