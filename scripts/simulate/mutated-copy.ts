import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Mutation } from "./mutations.ts";

const root = join(import.meta.dirname, "..", "..");
/** What the simulator needs of the repository. */
const COPIED = ["electron", "shared", "scripts/simulate", "scripts/torture", "package.json"];

/** A copy of the sources into which faults are planted, one at a time. */
export class MutatedCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), "lora-desk-mutated-"));

  constructor() {
    for (const path of COPIED) {
      mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
      cpSync(join(root, path), join(this.#folder, path), {
        recursive: true,
        filter: (source) => !/[/\\](trainer|__pycache__|fixtures)$/.test(source),
      });
    }
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"), "junction");
  }

  /** @returns what the simulator says once it has found something, or after all schedules. */
  async simulate(mutation: Mutation | null, schedules: number): Promise<string> {
    const originals = new Map<string, string>();
    for (const { file, find, replace } of mutation?.patches ?? []) {
      const path = join(this.#folder, file);
      const text = readFileSync(path, "utf8");
      if (!originals.has(path)) originals.set(path, text);
      if (text.split(find).length !== 2) {
        throw new Error(`“${mutation?.name}” is to change one place of ${file}, which has changed`);
      }
      // By a function: a `$` in what is put in means nothing.
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
    }
    try {
      const program = join(this.#folder, "scripts", "simulate", "main.ts");
      const options = ["--schedules", String(schedules), "--seed", "1", "--until-failure"];
      const { all, exitCode } = await execa(process.execPath, [program, ...options], {
        all: true,
        reject: false,
      });
      return `${exitCode === 0 ? "nothing was found" : "found"}\n${all}`;
    } finally {
      for (const [path, text] of originals) writeFileSync(path, text);
    }
  }

  remove(): void {
    unlinkSync(join(this.#folder, "node_modules"));
    rmSync(this.#folder, { recursive: true });
  }
}
