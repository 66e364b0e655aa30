import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import type { QuarantinedChange, SyncStatus } from "../../../shared/contract/sync.ts";
import { describeSync } from "../describe-sync.ts";
import { addKeepCommands } from "../keep-commands.ts";
import { print } from "../output.ts";
import { syncNow } from "../sync-now.ts";
import type { RunWithCore } from "../session.ts";
import { table } from "../terminal.ts";

/** `sync`: how the rows of this machine stand to the project's. */
export function addSyncCommands(program: Command, run: RunWithCore): void {
  const sync = program.command("sync").description("what is synced, what waits, what was refused");
  const withStatus = (
    name: string,
    description: string,
    ask: (client: CoreClient) => Promise<SyncStatus>,
    isDefault = false,
  ) =>
    sync
      .command(name, { isDefault })
      .description(description)
      .option("--json", "print one JSON line")
      .action((options: { json?: boolean }) =>
        run(options, async ({ core: { client }, isJson }) => {
          const status = await ask(client);
          print(isJson, { ok: true, ...status }, () => describeSync(status));
        }),
      );

  withStatus("status", "how it stands", (client) => client.request("sync.status", {}), true);
  withStatus("now", "sync now, and wait until that round has ended", syncNow);
  withStatus("pause", "send and fetch nothing until `sync resume`", (client) =>
    client.request("sync.pause", { isPaused: true }),
  );
  withStatus("resume", "go on syncing", (client) =>
    client.request("sync.pause", { isPaused: false }),
  );

  sync
    .command("quarantine")
    .description("list the changes that the project refused")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const changes = await client.request("sync.quarantine", {});
        print(isJson, { ok: true, changes }, () => describeChanges(changes));
      }),
    );
  sync
    .command("retry <change>")
    .description("send a refused change again, with what waits for it")
    .option("--values <json>", "with these values in place of its own")
    .option("--json", "print one JSON line")
    .action((change: string, options: { values?: string; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const opId = await findChange(client, change);
        const values = options.values === undefined ? undefined : parseValues(options.values);
        await client.request("sync.retry", values === undefined ? { opId } : { opId, values });
        print(isJson, { ok: true, opId }, () => "It is sent again with the next round.");
      }),
    );
  sync
    .command("discard <change>")
    .description("give a refused change up, with what waits for it; the row here stays as it is")
    .option("--json", "print one JSON line")
    .action((change: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const opId = await findChange(client, change);
        await client.request("sync.discard", { opId });
        print(isJson, { ok: true, opId }, () => "The change is given up.");
      }),
    );
  sync
    .command("export <change>")
    .description("print a refused change and its row as JSON")
    .action((change: string) =>
      run({}, async ({ core: { client } }) => {
        const opId = await findChange(client, change);
        const { text } = await client.request("sync.export", { opId });
        process.stdout.write(`${text}\n`);
      }),
    );
  addKeepCommands(sync, run);
}

/** By its id or the beginning of it, as the list shows it. */
async function findChange(client: CoreClient, wanted: string): Promise<string> {
  const changes = await client.request("sync.quarantine", {});
  const [found, ...more] = changes.filter(({ opId }) => opId.startsWith(wanted));
  if (found !== undefined && more.length === 0) return found.opId;
  throw new AppError(
    "not_found",
    `${more.length > 0 ? "Several refused changes begin" : "No refused change begins"} with “${wanted}”. \`lora-desk sync quarantine\` lists them.`,
  );
}

function parseValues(text: string): QuarantinedChange["values"] {
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values)) {
      return values as QuarantinedChange["values"];
    }
  } catch {
    // Said below.
  }
  throw new AppError("invalid_input", `--values takes a JSON object, such as {"name": "other"}.`);
}

function describeChanges(changes: readonly QuarantinedChange[]): string {
  if (changes.length === 0) return "Nothing was refused.";
  return table(
    ["CHANGE", "WHAT", "ROW", "WHY"],
    changes.map(({ opId, action, table: of, label, message }) => [
      opId.slice(0, 8),
      `${action} ${of}`,
      label,
      message,
    ]),
  );
}
