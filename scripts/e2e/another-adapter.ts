import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTrainedAdapter } from "../../electron/transfers/fixtures/trained-adapter.ts";
import { openTransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import type { E2eProject } from "./e2e-project.ts";

const FILES = {
  "adapter_model.safetensors": randomBytes(20_000),
  "adapter_config.json": Buffer.from("{}"),
};

/** What another workstation of the owner has put into the project: an ended run with its adapter. */
export async function addAdapterOfAnotherMachine({ stack, owner }: E2eProject): Promise<void> {
  const homePath = mkdtempSync(join(tmpdir(), "lora-desk-e2e-other-"));
  const machine = openTransferDesk({
    homePath,
    session: {
      projectUrl: stack.apiUrl,
      anonKey: stack.publishableKey,
      userId: owner.id,
      accessToken: async () => owner.accessToken,
    },
  });
  try {
    const rowsPath = join(homePath, "rows.jsonl");
    writeFileSync(rowsPath, '{"prompt": "a", "completion": "b"}\n');
    const { id: datasetId } = await machine.importFile(rowsPath);
    const files = Object.entries(FILES).map(([name, { length }]) => ({ name, bytes: length }));
    const about = { homePath, userId: owner.id, datasetId, files };
    const { job, dataset, artifact, adapterPath } = writeTrainedAdapter(machine.store, about);
    mkdirSync(adapterPath, { recursive: true });
    for (const [name, bytes] of Object.entries(FILES)) {
      writeFileSync(join(adapterPath, name), bytes);
    }
    machine.transfers.start();
    const place = { table: "model_artifacts", rowId: artifact.id } as const;
    const begun = await machine.transfers.requests["transfers.upload"](place, "local");
    await machine.untilDone(begun.map(({ id }) => id));
    const stored = machine.store.prepare("SELECT storage_path FROM model_artifacts").get();
    const points = Array.from({ length: 9 }, (_, index) => ({
      id: randomUUID(),
      job_id: job.id,
      step: index + 1,
      epoch: (index + 1) / 9,
      training_loss: 2 - index / 10,
      recorded_at: new Date(Date.now() - 60_000 + index * 1000).toISOString(),
    }));
    const rows: [string, object | object[]][] = [
      ["datasets", dataset],
      ["training_jobs", job],
      ["model_artifacts", { ...artifact, ...stored, status: "stored" }],
      ["metrics_points", points],
    ];
    for (const [table, row] of rows) {
      const { error } = await owner.client.from(table).insert(row as never);
      if (error !== null) throw new Error(`No ${table}: ${error.message}`);
    }
  } finally {
    await machine.close();
    rmSync(homePath, { recursive: true, force: true });
  }
}
