import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import type { Elsewhere } from "../../../shared/contract/elsewhere.ts";
import type { Transfer } from "../../../shared/contract/transfers.ts";
import { describeElsewhere } from "../describe-elsewhere.ts";
import { sizeWords } from "../describe-transfer.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { addDeleteElsewhereCommand } from "./delete-elsewhere.ts";
import { followTransfers, requireMoving } from "../follow-transfers.ts";
import { freshElsewhere } from "../fresh-elsewhere.ts";
import { print } from "../output.ts";
import type { RunWithCore, Session } from "../session.ts";
import { StatusLine } from "../terminal.ts";

type Table = Transfer["table"];

/** `elsewhere` and `download`: what other machines and colleagues have, and how it comes here. */
export function addElsewhereCommands(program: Command, run: RunWithCore): void {
  const elsewhereCommand = program
    .command("elsewhere")
    .description(
      "what your other machines and your teams have in the project, and this one has not",
    )
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const { elsewhere, failure } = await freshElsewhere(client);
        const { accounts, activeId } = await client.request("accounts.list", {});
        const own = accounts.find(({ id }) => id === activeId)?.userId;
        if (failure !== null && !isJson) {
          process.stderr.write(`As it was known last: ${failure.message}\n`);
        }
        print(isJson, { ok: true, ...elsewhere, failure }, () => describeElsewhere(elsewhere, own));
      }),
    );
  addDeleteElsewhereCommand(elsewhereCommand, run);
  program
    .command("download <kind> <which>")
    .description(
      "bring a dataset or an adapter (by its id or name) of another machine here; what is cut off goes on from there when it is asked for again",
    )
    .option("--json", "print one JSON line")
    .action((kind: string, which: string, options: { json?: boolean }) =>
      run(options, (session) => download(session, tableOf(kind), which)),
    );
}

async function download({ core: { client }, isJson }: Session, table: Table, which: string) {
  await requireMoving(client);
  const row = await findRow(client, table, which);
  const line = new StatusLine();
  const begun = await client.request("transfers.download", { table, rowId: row.id });
  let ended: Transfer[];
  try {
    ended = await followTransfers(client, begun, {
      isWanted: ({ rowId, direction }) => rowId === row.id && direction === "download",
      show: (text) => line.show(text),
    });
  } finally {
    line.clear();
  }
  if (ended.some(({ state }) => state === "paused")) {
    throw new AppError(
      "conflict",
      `The download was paused. \`lora-desk transfers resume\` goes on with it, and so does asking for it again.`,
    );
  }
  const here =
    table === "datasets"
      ? await client.request("datasets.get", { id: row.id })
      : await client.request("artifacts.get", { id: row.id });
  print(isJson, { ok: true, [table === "datasets" ? "dataset" : "adapter"]: here }, () =>
    "path" in here
      ? `${here.name}: ${here.path}`
      : `${here.name}: in the library (${sizeWords(here.fileSizeBytes)})`,
  );
}

function tableOf(kind: string): Table {
  if (kind === "dataset") return "datasets";
  if (kind === "adapter") return "model_artifacts";
  throw new AppError(
    "invalid_input",
    `“${kind}” cannot be downloaded. Say: lora-desk download adapter NAME, or: lora-desk download dataset NAME`,
  );
}

async function findRow(client: CoreClient, table: Table, which: string) {
  const { elsewhere, failure } = await freshElsewhere(client);
  try {
    return pick(elsewhere, table, which);
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== "not_found") throw error;
    await refuseIfHere(client, table, which);
    throw failure === null ? error : AppError.fromFailure(failure);
  }
}

function pick({ datasets, artifacts }: Elsewhere, table: Table, which: string): { id: string } {
  const list = "lora-desk elsewhere";
  if (table === "datasets") return findByIdOrName(datasets, which, "dataset elsewhere", list);
  const ofJob = artifacts.find(({ job_id: jobId }) => jobId === which);
  return ofJob ?? findByIdOrName(artifacts, which, "adapter elsewhere", list);
}

async function refuseIfHere(client: CoreClient, table: Table, which: string): Promise<void> {
  const here =
    table === "datasets"
      ? await client.request("datasets.list", {})
      : await client.request("artifacts.list", {});
  if (!here.some(({ id, name }) => id === which || name === which)) return;
  throw new AppError("conflict", `“${which}” is on this machine already.`);
}
