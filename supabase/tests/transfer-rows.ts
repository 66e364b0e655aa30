import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { writeTrainedAdapter } from "../../electron/transfers/fixtures/trained-adapter.ts";
import type { TeamProject } from "./team-project.ts";
import { rowsFile, type TransferDesks } from "./transfer-desks.ts";

/** The row of a desk's dataset as the push would bring it to the project. */
export async function pushDataset(project: TeamProject, desk: TransferDesk, id: string) {
  const row = desk.store.prepare("SELECT * FROM datasets WHERE id = ?").get(id);
  const { validation_errors: _, sample_data: __, ...plain } = { ...row };
  const sent = { ...plain, user_id: project.owner.id, training_ready: true };
  const { error } = await project.service.from("datasets").insert(sent);
  if (error !== null) throw error;
}

interface AddAdapter {
  desks: TransferDesks;
  project: TeamProject;
  homePath: string;
  files: Record<string, Buffer>;
}

/** An adapter of a job that has ended, with its files, as one machine has it. */
export async function addAdapter(
  desk: TransferDesk,
  { desks, project, homePath, files }: AddAdapter,
) {
  const { id: datasetId } = await desk.importFile(rowsFile(desks.newFolder(), 20_000));
  const listed = Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.length }));
  const userId = project.owner.id;
  const adapter = writeTrainedAdapter(desk.store, { homePath, userId, datasetId, files: listed });
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(adapter.adapterPath, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return adapter;
}
