import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import { deletionWords } from "../../../shared/deletion-words.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";

interface DeleteOptions {
  yes?: boolean;
  json?: boolean;
}

/** Says first what goes, here and elsewhere: nothing is deleted without `--yes`. */
export function addDeleteJobCommand(jobs: Command, run: RunWithCore): void {
  jobs
    .command("delete <job>")
    .description("delete an ended run with all it made, or this machine's copy of another's")
    .option("--yes", "delete it without asking")
    .option("--json", "print one JSON line")
    .action((which: string, options: DeleteOptions) =>
      run(options, async ({ core: { client }, isJson }) => {
        const { id, name, runPath } = findByIdOrName(
          await client.request("jobs.list", {}),
          which,
          "job",
        );
        const deletion = await client.request("jobs.deletion", { id });
        const elsewhere = deletionWords("job", deletion);
        refuseWithoutYes(options, `This deletes “${name}” for good (${runPath}). ${elsewhere}`);
        await client.request("jobs.delete", { id });
        print(isJson, { ok: true, id, deletion }, () => `${name}: deleted. ${elsewhere}`);
      }),
    );
}

export function addDeleteDatasetCommand(datasets: Command, run: RunWithCore): void {
  datasets
    .command("delete <dataset>")
    .description("delete a dataset; jobs that were made from it keep its file")
    .option("--yes", "delete it without asking")
    .option("--json", "print one JSON line")
    .action((which: string, options: DeleteOptions) =>
      run(options, async ({ core: { client }, isJson }) => {
        const all = await client.request("datasets.list", {});
        const { id, name } = findByIdOrName(all, which, "dataset");
        const deletion = await client.request("datasets.deletion", { id });
        const elsewhere = deletionWords("dataset", deletion);
        refuseWithoutYes(options, `This deletes the dataset “${name}”. ${elsewhere}`);
        await client.request("datasets.delete", { id });
        print(
          isJson,
          { ok: true, id, deletion },
          () =>
            `${name}: deleted. ${elsewhere} Within 30 days it comes back by: lora-desk datasets restore ${id}`,
        );
      }),
    );
  datasets
    .command("restore <id>")
    .description("bring back a dataset that was deleted in the last 30 days, by its id")
    .option("--json", "print one JSON line")
    .action((id: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const dataset = await client.request("datasets.restore", { id });
        print(isJson, { ok: true, dataset }, () => `${dataset.name}: restored`);
      }),
    );
}

function refuseWithoutYes({ yes }: DeleteOptions, what: string): void {
  if (yes === true) return;
  throw new AppError("invalid_input", `${what} If that is meant, add --yes.`);
}
