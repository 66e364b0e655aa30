import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import {
  openTransferDesk,
  type TransferDesk,
  type TransferDeskOptions,
} from "../../electron/transfers/fixtures/transfer-desk.ts";
import type { SignedInUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import type { TeamProject } from "./team-project.ts";

/** Machines that move files to and from one project, and their folders. */
export class TransferDesks {
  readonly #project: TeamProject;
  readonly #folders: string[] = [];
  readonly #desks: TransferDesk[] = [];

  constructor(project: TeamProject) {
    this.#project = project;
  }

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "lora-desk-transfers-"));
    this.#folders.push(folder);
    return folder;
  }

  sessionOf(user: { id: string; accessToken: string }): TeamSession {
    return {
      projectUrl: this.#project.stack.apiUrl,
      anonKey: this.#project.stack.publishableKey,
      userId: user.id,
      accessToken: () => Promise.resolve(user.accessToken),
    };
  }

  open(options: Partial<TransferDeskOptions> = {}): TransferDesk {
    const desk = openTransferDesk({
      homePath: options.homePath ?? this.newFolder(),
      session: this.sessionOf(this.#project.owner),
      random: () => 0,
      ...options,
    });
    this.#desks.push(desk);
    return desk;
  }

  async forget(desk: TransferDesk): Promise<void> {
    this.#desks.splice(this.#desks.indexOf(desk), 1);
    await desk.close();
  }

  async close(): Promise<void> {
    for (const desk of this.#desks.splice(0)) await desk.close();
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes rows of as many bytes, and of no two files the same. */
export function rowsFile(folder: string, bytes: number, name = "rows.jsonl"): string {
  const path = join(folder, name);
  const row = () =>
    `${JSON.stringify({ prompt: randomUUID(), completion: randomBytes(1500).toString("base64") })}\n`;
  const rows: string[] = [];
  for (let length = 0; length < bytes; length += rows.at(-1)?.length ?? 0) rows.push(row());
  writeFileSync(path, rows.join(""));
  return path;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function storedObject(
  { client }: SignedInUser,
  bucket: string,
  name: string,
): Promise<Buffer> {
  const { data, error } = await client.storage.from(bucket).download(name);
  if (error !== null) throw error;
  return Buffer.from(await data.arrayBuffer());
}

export async function upload(
  desk: TransferDesk,
  table: "datasets" | "model_artifacts",
  rowId: string,
) {
  const begun = await desk.transfers.requests["transfers.upload"]({ table, rowId }, "local");
  await desk.untilDone(begun.map(({ id }) => id));
  return begun;
}
