import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runPython } from "./python-program.ts";
import type { Options } from "./options.ts";

/** Makes the base model, or takes the one that an earlier benchmark made from the same things. */
export async function prepareModel(
  python: string,
  options: Options,
  rows: string,
  gpu: string | null,
  folder: string,
): Promise<string> {
  const digest = createHash("sha256").update(`${options.shape} ${options.device}`);
  for (const name of ["make_model.py", "shapes.py"]) {
    digest.update(readFileSync(join(import.meta.dirname, name)));
  }
  const key = digest.update(readFileSync(rows)).digest("hex").slice(0, 12);
  const model = join(folder, `${options.shape}-${key}`);
  if (existsSync(join(model, "facts.json"))) return model;
  console.error(`Making a base model of the shape ${options.shape} in ${model}`);
  const args = ["--shape", options.shape, "--device", options.device, "--rows", rows];
  await runPython(python, "make_model.py", [...args, "--out", model], {
    gpu,
    canImportTrainer: true,
  });
  return model;
}
