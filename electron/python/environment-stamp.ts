import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import {
  type EnvironmentReport,
  environmentReportSchema,
} from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";

const stampSchema = z.object({
  v: z.literal(1),
  requirementsHash: z.string(),
  builtAt: z.string(),
});
export type Stamp = z.infer<typeof stampSchema>;

const checkedSchema = z.object({
  v: z.literal(1),
  key: z.string(),
  report: environmentReportSchema,
});

/** Null when there is none or it is damaged: then the environment is not whole. */
export async function readStamp(stampPath: string): Promise<Stamp | null> {
  return stampSchema.safeParse(await readJson(stampPath)).data ?? null;
}

export async function writeStamp(stampPath: string, stamp: Omit<Stamp, "v">): Promise<void> {
  await writeJson(stampPath, { v: 1, ...stamp });
}

/** What the packages were pinned to. Line ends do not count: git may change them. */
export async function hashRequirements(requirementsPath: string): Promise<string> {
  const text = await readFile(requirementsPath, "utf8");
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/**
 * Names everything that what a check found depends on, so that a kept report is used only while it
 * still holds: the interpreter, what is installed beside it, the pins and the driver. Taken after
 * the check, because importing packages for the first time writes into their folder.
 */
export async function checkKey(
  pythonPath: string,
  requirementsHash: string,
  { driver, gpus }: GpuReport,
): Promise<string> {
  const parts: unknown[] = [
    pythonPath,
    requirementsHash,
    driver.state,
    gpus.map(({ uuid }) => uuid),
  ];
  if (driver.state === "ready") parts.push(driver.version);
  const interpreter = await stat(pythonPath).catch(() => null);
  parts.push(interpreter?.mtimeMs ?? null, interpreter?.size ?? null);
  for (const folder of await sitePackages(pythonPath)) {
    parts.push((await stat(folder).catch(() => null))?.mtimeMs ?? null);
  }
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

export async function readChecked(
  checkedPath: string,
  key: string,
): Promise<EnvironmentReport | null> {
  const checked = checkedSchema.safeParse(await readJson(checkedPath)).data;
  return checked?.key === key ? checked.report : null;
}

export async function writeChecked(
  checkedPath: string,
  key: string,
  report: EnvironmentReport,
): Promise<void> {
  await writeJson(checkedPath, { v: 1, key, report });
}

/** Installing or removing a package changes the time of the folder that holds it. */
async function sitePackages(pythonPath: string): Promise<string[]> {
  const prefix = path.dirname(path.dirname(pythonPath));
  const lib = path.join(prefix, "lib");
  const versions = await readdir(lib).catch((): string[] => []);
  return [
    ...versions
      .filter((name) => name.startsWith("python3"))
      .map((name) => path.join(lib, name, "site-packages")),
    path.join(prefix, "Lib", "site-packages"),
  ];
}

async function readJson(filePath: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(filePath, "utf8"));
  } catch {
    return null;
  }
}

async function writeJson(filePath: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(filePath), { recursive: true });
  const partial = `${filePath}.partial`;
  await writeFile(partial, `${JSON.stringify(value, null, 2)}\n`);
  await rename(partial, filePath);
}
