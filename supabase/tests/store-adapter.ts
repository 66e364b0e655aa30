import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { writeTrainedAdapter } from "../../electron/transfers/fixtures/trained-adapter.ts";
import { openTransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { sessionOf } from "./elsewhere-machine.ts";
import type { TeamProject } from "./team-project.ts";
import type { NewUser } from "./team-sharing.ts";

export const ADAPTER_FILES = {
  "adapter_model.safetensors": randomBytes(200_000),
  "adapter_config.json": Buffer.from("{}"),
};

/** A run of a user with its rows and files at the project, as their own machine would leave it. */
export async function storeAdapter(project: TeamProject, user: NewUser) {
  const homePath = mkdtempSync(join(tmpdir(), "lora-desk-shared-adapter-"));
  const machine = openTransferDesk({ homePath, session: sessionOf(project, user) });
  try {
    const rowsPath = join(homePath, "rows.jsonl");
    writeFileSync(rowsPath, `${JSON.stringify({ prompt: "a", completion: "b" })}\n`);
    const { id: datasetId } = await machine.importFile(rowsPath);
    const files = Object.entries(ADAPTER_FILES).map(([name, { length }]) => ({
      name,
      bytes: length,
    }));
    const about = { homePath, userId: user.id, datasetId, files };
    const trained = writeTrainedAdapter(machine.store, about);
    for (const [name, bytes] of Object.entries(ADAPTER_FILES)) {
      const path = join(trained.adapterPath, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    machine.transfers.start();
    const place = { table: "model_artifacts", rowId: trained.artifact.id } as const;
    const begun = await machine.transfers.requests["transfers.upload"](place, "local");
    await machine.untilDone(begun.map(({ id }) => id));
    const { storage_path } = {
      ...machine.store.prepare("SELECT storage_path FROM model_artifacts").get(),
    };
    const rows: [string, object][] = [
      ["datasets", trained.dataset],
      ["training_jobs", trained.job],
      ["model_artifacts", { ...trained.artifact, storage_path, status: "stored" }],
    ];
    for (const [table, row] of rows) {
      const { error } = await project.service.from(table).insert(row as never);
      expect(error).toBeNull();
    }
    return trained;
  } finally {
    await machine.close();
    rmSync(homePath, { recursive: true, force: true });
  }
}
