import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Core, openCore } from "../../electron/core.ts";
import type { SecretBox } from "../../electron/accounts/secret-box.ts";

const root = join(import.meta.dirname, "..", "..");

/** A data folder of its own, on which cores are opened one after the other. */
export class ScratchDesk {
  readonly home = mkdtempSync(join(tmpdir(), "lora-desk-accounts-"));
  core: Core | null = null;

  async open(options: { secretBox?: SecretBox; python?: string } = {}): Promise<Core> {
    await this.core?.close();
    this.core = null;
    this.core = await openCore({
      homePath: this.home,
      shell: "headless",
      version: "0.0.0-test",
      trainerPath: join(root, "electron", "trainer"),
      supabasePath: join(root, "supabase"),
      rendererPath: null,
      port: 0,
      secretBox: options.secretBox ?? null,
      env: {
        PATH: process.env["PATH"],
        HF_HOME: join(this.home, "no-hub"),
        LORA_DESK_PYTHON: options.python ?? "/nonexistent/python",
      },
    });
    return this.core;
  }

  async close(): Promise<void> {
    await this.core?.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Imports the sample data set and waits until it is ready. */
export async function importSample({ client }: Core): Promise<string> {
  const ended = Promise.withResolvers<void>();
  const unsubscribe = client.subscribe("datasets.changed", ({ status }) => {
    if (status !== "importing") ended.resolve();
  });
  const { id, status } = await client.request("datasets.import", { source: { kind: "sample" } });
  if (status === "importing") await ended.promise;
  unsubscribe();
  return id;
}
