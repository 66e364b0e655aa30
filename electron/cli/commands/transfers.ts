import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import type { Transfer } from "../../../shared/contract/transfers.ts";
import { sizeWords, transferWords } from "../describe-transfer.ts";
import { followTransfers, requireMoving } from "../follow-transfers.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { StatusLine, table } from "../terminal.ts";

interface NamedTransfer extends Transfer {
  /** Of the dataset or the adapter. */
  name: string;
}

/** `transfers`: files on their way to the project and from it. */
export function addTransferCommands(program: Command, run: RunWithCore): void {
  const transfers = program
    .command("transfers")
    .description("files of datasets and adapters on their way to the project, and from it");
  transfers
    .command("list", { isDefault: true })
    .description("list them")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const all = await named(client);
        print(isJson, { ok: true, transfers: all }, () => describeTransfers(all));
      }),
    );
  for (const [name, description, done] of [
    ["pause", "stop one (by its id, or the name of its dataset or adapter) for now", "paused"],
    ["resume", "go on with one; `transfers wait` stays until it is done", "goes on"],
    ["cancel", "give one up, with the other files of the same adapter", "cancelled"],
  ] as const) {
    transfers
      .command(`${name} <transfer>`)
      .description(description)
      .option("--json", "print one JSON line")
      .action((wanted: string, options: { json?: boolean }) =>
        run(options, async ({ core: { client }, isJson }) => {
          const found = find(await named(client), wanted);
          // Cancelling one cancels all of its row.
          for (const { id } of name === "cancel" ? found.slice(0, 1) : found) {
            await client.request(`transfers.${name}`, { id });
          }
          print(isJson, { ok: true, ids: found.map(({ id }) => id) }, () =>
            found.map((one) => `${one.name}, ${one.fileName}: ${done}`).join("\n"),
          );
        }),
      );
  }
  transfers
    .command("wait")
    .description(
      "stay until all are done; without a window or `serve` they move only while a command runs",
    )
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        await requireMoving(client);
        const line = new StatusLine();
        const begun = (await client.request("transfers.list", {})).filter(isUnderWay);
        const wanted = new Set(begun.map(({ rowId }) => rowId));
        const ended = await followTransfers(client, begun, {
          isWanted: ({ rowId }) => wanted.has(rowId),
          show: (text) => line.show(text),
        }).finally(() => line.clear());
        const paused = ended.filter(({ state }) => state === "paused").length;
        print(isJson, { ok: true, transfers: ended }, () =>
          paused === 0 ? "Nothing is under way." : `Nothing is under way; ${paused} are paused.`,
        );
      }),
    );
}

function isUnderWay({ state }: Transfer): boolean {
  return state === "waiting" || state === "moving" || state === "verifying";
}

async function named(client: CoreClient): Promise<NamedTransfer[]> {
  const names = new Map<string, string>();
  const elsewhere = await client.request("elsewhere.list", {});
  const rows = [
    ...(await client.request("datasets.list", {})),
    ...(await client.request("artifacts.list", {})),
    ...elsewhere.datasets,
    ...elsewhere.artifacts,
  ];
  for (const { id, name } of rows) names.set(id, name);
  const all = await client.request("transfers.list", {});
  return all.map((transfer) => ({ ...transfer, name: names.get(transfer.rowId) ?? "–" }));
}

/** By the id or its beginning, or all of a dataset or an adapter by its name. */
function find(all: readonly NamedTransfer[], wanted: string): NamedTransfer[] {
  const open = all.filter(({ state }) => state !== "done");
  const ofName = open.filter(({ name, rowId }) => name === wanted || rowId === wanted);
  if (ofName.length > 0 && new Set(ofName.map(({ rowId }) => rowId)).size === 1) return ofName;
  const byId = open.filter(({ id }) => id.startsWith(wanted));
  if (ofName.length === 0 && byId.length === 1) return byId;
  const problem =
    ofName.length + byId.length === 0
      ? "No transfer that is under way is called"
      : "Several transfers are called";
  throw new AppError(
    "not_found",
    `${problem} “${wanted}”. \`lora-desk transfers\` lists them with their ids.`,
  );
}

function describeTransfers(all: readonly NamedTransfer[]): string {
  if (all.length === 0) return "Nothing is on its way.";
  return table(
    ["ID", "OF", "FILE", "SIZE", "STATE"],
    all.map((transfer) => [
      transfer.id.slice(0, 8),
      transfer.name,
      transfer.fileName,
      transfer.state === "done"
        ? sizeWords(transfer.bytesTotal)
        : `${sizeWords(transfer.bytesDone)} of ${sizeWords(transfer.bytesTotal)}`,
      transferWords(transfer),
    ]),
  );
}
