import { resolve } from "node:path";
import type { Command } from "commander";
import type { Dataset } from "../../../shared/contract/datasets.ts";
import { prepareDataset } from "../../quickstart/prepare-run.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { bar, StatusLine, table } from "../terminal.ts";
import { addDeleteDatasetCommand } from "./delete.ts";

const REJECTIONS_SHOWN = 20;

export function addDatasetCommands(program: Command, run: RunWithCore): void {
  const datasets = program.command("datasets").description("import, list and look at datasets");

  datasets
    .command("import <file>")
    .description("import a .jsonl, .json or .txt file into the library")
    .option("--name <name>", "name in the library (default: the file's)")
    .option("--keep-local", "never send it to a team's project")
    .option("--json", "print one JSON line")
    .action((file: string, options: { name?: string; keepLocal?: boolean; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const line = new StatusLine();
        const dataset = await prepareDataset(
          client,
          { kind: "path", path: resolve(file) },
          ({ message, share }) => line.show(share === null ? message : `${bar(share)} ${message}`),
          { name: options.name, keepLocal: options.keepLocal },
        );
        line.clear();
        const rejections = await client.request("datasets.rejections", {
          id: dataset.id,
          offset: 0,
          limit: REJECTIONS_SHOWN,
        });
        print(isJson, { ok: true, dataset, rejections }, () =>
          [describe(dataset), ...describeRejections(rejections, dataset.fileName)].join("\n"),
        );
      }),
    );

  datasets
    .command("list")
    .description("list the datasets of the library")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const all = await client.request("datasets.list", {});
        print(isJson, { ok: true, datasets: all }, () =>
          all.length === 0
            ? "No datasets yet. Import one: lora-desk datasets import FILE"
            : table(
                ["NAME", "STATUS", "FORMAT", "ROWS", "REJECTED", "ID"],
                all.map((dataset) => [
                  dataset.name,
                  dataset.status,
                  dataset.status === "ready" ? dataset.format : "–",
                  dataset.status === "ready" ? String(dataset.statistics.rows) : "–",
                  dataset.status === "ready" ? String(dataset.statistics.rejected) : "–",
                  dataset.id,
                ]),
              ),
        );
      }),
    );

  datasets
    .command("show <dataset>")
    .description("show a dataset (by id or name): statistics, first rows, rows left out")
    .option("--rows <n>", "how many rows to show", "3")
    .option("--json", "print one JSON line")
    .action((which: string, options: { rows: string; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const dataset = findByIdOrName(await client.request("datasets.list", {}), which, "dataset");
        if (dataset.status !== "ready") {
          return print(isJson, { ok: true, dataset }, () => describe(dataset));
        }
        const page = { id: dataset.id, offset: 0 };
        const limit = Math.min(200, Math.max(1, Number.parseInt(options.rows, 10) || 3));
        const preview = await client.request("datasets.preview", { ...page, limit });
        const rejections = await client.request("datasets.rejections", {
          ...page,
          limit: REJECTIONS_SHOWN,
        });
        print(isJson, { ok: true, dataset, preview, rejections }, () =>
          [
            describe(dataset),
            ...preview.rows.flatMap((row) => [
              "",
              `Row ${row.index + 1} (line ${row.line})`,
              ...row.turns.map(({ role, text }) => `  ${role}: ${text.replaceAll("\n", "\n    ")}`),
            ]),
            ...describeRejections(rejections, dataset.fileName),
          ].join("\n"),
        );
      }),
    );

  addDeleteDatasetCommand(datasets, run);
}

function describe(dataset: Dataset): string {
  switch (dataset.status) {
    case "importing":
      return `${dataset.name}: importing, ${dataset.progress.rows} rows so far  (${dataset.id})`;
    case "rejected":
      return `${dataset.name}: rejected. ${dataset.failure.message}  (${dataset.id})`;
    case "ready": {
      const { rows, rejected, duplicates } = dataset.statistics;
      return `${dataset.name}: ${rows} rows (${dataset.format}), ${rejected} rejected, ${duplicates} duplicates  (${dataset.id})`;
    }
  }
}

function describeRejections(
  page: { total: number; rows: readonly { line: number; reason: string; message: string }[] },
  fileName: string,
): string[] {
  if (page.total === 0) return [];
  const rows = page.rows.map(
    ({ line, reason, message }) => `  ${fileName}:${line}  ${reason}  ${message}`,
  );
  const left = page.total - page.rows.length;
  return ["", `Left out (${page.total}):`, ...rows, ...(left > 0 ? [`  … and ${left} more`] : [])];
}
