import { resolve } from "node:path";
import type { Command } from "commander";
import type { z } from "zod";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import { exportFormatSchema, exportOuttypeSchema } from "../../../shared/contract/exports.ts";
import type { Artifact } from "../../../shared/contract/job-records.ts";
import { prepareEnvironment } from "../../quickstart/prepare-run.ts";
import { type ExportOptions, refuseMeaningless } from "../export-options.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { type EndedExport, followExport } from "../follow-export.ts";
import { print } from "../output.ts";
import type { RunWithCore, Session } from "../session.ts";
import { bar, StatusLine, table } from "../terminal.ts";

/** `adapters list` and `export`: what training gave, and what becomes of it. */
export function addAdapterCommands(program: Command, run: RunWithCore): void {
  program
    .command("adapters")
    .description("trained adapters")
    .command("list")
    .description("list the adapters, newest first")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const all = await client.request("artifacts.list", {});
        print(isJson, { ok: true, adapters: all }, () =>
          all.length === 0
            ? "No adapters yet. Train one: lora-desk train --dataset FILE"
            : table(["NAME", "BASE MODEL", "LOSS", "ID", "PATH"], all.map(adapterRow)),
        );
      }),
    );

  program
    .command("export <adapter>")
    .description("turn an adapter (by its or its run's id, or name) into what other programs run")
    .requiredOption("--format <format>", exportFormatSchema.options.join(", "))
    .option("--to <dir>", "folder to write (default: in the data folder)")
    .option("--outtype <type>", `of GGUF tensors: ${exportOuttypeSchema.options.join(", ")}`)
    .option("--merged-first", "GGUF of the full model, not of the adapter alone")
    .option("--name <name>", "what the other program is to call it")
    .option("--json", "print one JSON line")
    .action((which: string, options: ExportOptions) =>
      run(options, (session) => exportAdapter(session, which, options)),
    );
}

async function exportAdapter(session: Session, which: string, options: ExportOptions) {
  const { client } = session.core;
  const format = oneOf(exportFormatSchema, "--format", options.format);
  refuseMeaningless(format, options);
  const adapter = await findAdapter(client, which);
  const line = new StatusLine();
  await prepareEnvironment(client, ({ message, share }) =>
    line.show(share === null ? message : `${bar(share)} ${message}`),
  );
  const { id } = await client.request("artifacts.export", {
    id: adapter.id,
    format,
    ...(options.to === undefined ? {} : { targetPath: resolve(options.to) }),
    ...(options.outtype === undefined
      ? {}
      : { outtype: oneOf(exportOuttypeSchema, "--outtype", options.outtype) }),
    ...(options.mergedFirst === undefined ? {} : { isMergedFirst: options.mergedFirst }),
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  const record = await followExport(client, id, line);
  if (record.state === "failed") throw AppError.fromFailure(record.failure);
  print(session.isJson, { ok: record.state === "done", export: record }, () => tell(record));
  if (record.state !== "done") process.exitCode = 1;
}

async function findAdapter(client: CoreClient, which: string): Promise<Artifact> {
  const all = await client.request("artifacts.list", {});
  return all.find(({ jobId }) => jobId === which) ?? findByIdOrName(all, which, "adapter");
}

function oneOf<T extends string>(
  schema: z.ZodType<T> & { options: readonly T[] },
  option: string,
  value: string,
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError(
    "invalid_input",
    `${option} cannot be “${value}”. Choose one of: ${schema.options.join(", ")}.`,
  );
}

function adapterRow({ name, baseModelName, quality, id, path }: Artifact): string[] {
  const loss = quality.validationLoss ?? quality.lastLoss;
  return [name, baseModelName, loss === null ? "–" : loss.toFixed(4), id, path];
}

function tell(record: EndedExport): string {
  if (record.state !== "done") return "The export was cancelled; nothing of it was kept.";
  const bytes = record.files.reduce((sum, file) => sum + file.bytes, 0);
  const size = bytes === 0 ? "" : `  (${(bytes / 1e6).toFixed(1)} MB)`;
  return [
    `${record.path}${size}`,
    ...record.checks.map((check) => `  Checked: ${check}`),
    ...record.notes.map((note) => `  Note: ${note}`),
    ...(record.command === null ? [] : ["", record.command]),
  ].join("\n");
}
