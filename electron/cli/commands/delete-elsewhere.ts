import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import { elsewhereDeletionWords } from "../../../shared/elsewhere-deletion-words.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { freshElsewhere } from "../fresh-elsewhere.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { syncNow } from "../sync-now.ts";

const KINDS = {
  job: "training_jobs",
  adapter: "model_artifacts",
  dataset: "datasets",
} as const;
type Kind = keyof typeof KINDS;

interface DeleteOptions {
  yes?: boolean;
  json?: boolean;
}

/** For what no other machine could delete: its own may be gone for good. */
export function addDeleteElsewhereCommand(elsewhere: Command, run: RunWithCore): void {
  elsewhere
    .command("delete <kind> <which>")
    .description(
      "delete a job, an adapter or a dataset of yours that another machine has put in the project",
    )
    .option("--yes", "delete it without asking")
    .option("--json", "print one JSON line")
    .action((kind: string, which: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<DeleteOptions>();
      return run(options, async ({ core: { client }, isJson }) => {
        if (!isKind(kind)) {
          throw new AppError(
            "invalid_input",
            `“${kind}” cannot be deleted. Say: lora-desk elsewhere delete job|adapter|dataset NAME`,
          );
        }
        const { id, name, workstation } = await findOwn(client, kind, which);
        const words = elsewhereDeletionWords(kind, workstation);
        if (options.yes !== true) {
          throw new AppError(
            "invalid_input",
            `This deletes the ${kind} “${name}”. ${words} If that is meant, add --yes.`,
          );
        }
        await client.request("elsewhere.delete", { table: KINDS[kind], id });
        const { state } = await syncNow(client);
        const done = state === "idle" ? "deleted" : "will be deleted with the next sync";
        print(
          isJson,
          { ok: true, id, isSent: state === "idle" },
          () => `${name}: ${done}. ${words}`,
        );
      });
    });
}

function isKind(text: string): text is Kind {
  return text in KINDS;
}

async function findOwn(client: CoreClient, kind: Kind, which: string) {
  const { elsewhere } = await freshElsewhere(client);
  const { accounts, activeId } = await client.request("accounts.list", {});
  const own = accounts.find(({ id }) => id === activeId)?.userId;
  const { jobs, artifacts, datasets } = elsewhere;
  const rows = { job: jobs, adapter: artifacts, dataset: datasets }[kind].filter(
    ({ user_id: userId }) => userId === own,
  );
  const row = findByIdOrName(rows, which, `${kind} of yours elsewhere`, "lora-desk elsewhere");
  const jobId = "job_id" in row ? row.job_id : row.id;
  const workstation = jobs.find((job) => job.id === jobId)?.workstation ?? null;
  return { id: row.id, name: row.name, workstation };
}
