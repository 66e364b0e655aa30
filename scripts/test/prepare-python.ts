import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";

/**
 * The interpreter that the tests train with: `LORA_DESK_PYTHON`, or an environment in `.cache` that
 * is built by the app's own command, with what only the tests need added.
 */
export async function preparePython(root: string): Promise<string> {
  const chosen = process.env["LORA_DESK_PYTHON"];
  if (chosen !== undefined && chosen !== "") return chosenPython(chosen);

  const home = join(root, ".cache", "test-home");
  const built = await execa(
    process.execPath,
    [join(root, "scripts", "launch.js"), "electron/cli.ts", "env", "build", "--json"],
    { cwd: root, env: { LORA_DESK_HOME: home }, stderr: "inherit", reject: false, stdin: "ignore" },
  );
  const reply = replySchema.safeParse(parse(built.stdout));
  if (!reply.success || !reply.data.ok) {
    throw new Error(
      `The Python environment for the tests could not be built: ${reply.data?.ok === false ? reply.data.error.message : built.stdout}\n` +
        "Mend that, or set LORA_DESK_PYTHON to a Python that has the packages of electron/trainer/requirements.txt.",
    );
  }
  return withTestPackages(root, reply.data.report.pythonPath);
}

const replySchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), report: z.object({ pythonPath: z.string() }) }),
  z.object({ ok: z.literal(false), error: z.object({ message: z.string() }) }),
]);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Somebody's own Python is used as it is; nothing is installed into it. */
async function chosenPython(python: string): Promise<string> {
  const probe = await execa(python, ["-c", "import pytest, ruff"], { reject: false });
  if (!probe.failed) return python;
  throw new Error(
    `LORA_DESK_PYTHON is ${python}, which lacks pytest or ruff. Install electron/trainer/requirements-test.txt into it, or unset the variable.`,
  );
}

/** Adds requirements-test.txt once; a stamp remembers for which interpreter and which version. */
async function withTestPackages(root: string, python: string): Promise<string> {
  const requirements = join(root, "electron", "trainer", "requirements-test.txt");
  const probe = await execa(python, ["-c", "import pytest, ruff"], { reject: false });
  const stamp = join(root, ".cache", "test-packages");
  const wanted = `${python} ${createHash("sha256").update(readFileSync(requirements)).digest("hex")}`;
  if (!probe.failed && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;

  const pip = ["-m", "pip", "install", "--quiet", "--requirement", requirements];
  const uv = ["pip", "install", "--quiet", "--python", python, "--requirement", requirements];
  const hasPip = !(await execa(python, ["-m", "pip", "--version"], { reject: false })).failed;
  const installed = await execa(hasPip ? python : "uv", hasPip ? pip : uv, {
    stdio: "inherit",
    reject: false,
  });
  if (installed.failed) {
    throw new Error(
      `The tests' packages could not be installed into ${python}: see the lines above.`,
    );
  }
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(stamp, wanted);
  return python;
}
