import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import { type Job, stopModeSchema } from "../../../shared/contract/jobs.ts";
import { deletionWords } from "../../../shared/deletion-words.ts";
import { describeJob } from "../describe-job.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { followJob } from "../follow-job.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { StatusLine } from "../terminal.ts";
import { untilDiscarded } from "../until-discarded.ts";

interface StopOptions {
  mode: string;
  grace?: string;
  yes?: boolean;
  wait: boolean;
  json?: boolean;
}

export function addStopCommand(jobs: Command, run: RunWithCore): void {
  jobs
    .command("stop <job>")
    .description("write a checkpoint and stop; `jobs resume` goes on from there")
    .option(
      "--mode <mode>",
      "checkpoint (now), after-epoch, or discard (delete the run and all it made)",
      "checkpoint",
    )
    .option("--grace <seconds>", "how long it may take before it is ended by signals")
    .option("--yes", "discard without asking")
    .option("--no-wait", "do not wait until it has stopped")
    .option("--json", "print one JSON line")
    .action((which: string, options: StopOptions) =>
      run(options, async (session) => {
        const { client } = session.core;
        const mode = stopModeSchema.safeParse(options.mode.replace("-", "_")).data;
        if (mode === undefined) {
          throw new AppError(
            "invalid_input",
            `“${options.mode}” is no way to stop. There are checkpoint, after-epoch and discard.`,
          );
        }
        const found = findByIdOrName(await client.request("jobs.list", {}), which, "job");
        if (mode === "discard" && options.yes !== true) {
          const elsewhere = await client.request("jobs.deletion", { id: found.id });
          throw new AppError(
            "invalid_input",
            `This deletes “${found.name}”, its checkpoints and its metrics for good (${found.runPath}). ${deletionWords("job", elsewhere)} If that is meant, add --yes.`,
          );
        }
        const { id } = found;
        const graceSeconds = graceOf(options.grace);
        let job: Job = await client.request("jobs.stop", { id, mode, graceSeconds });
        if (mode === "discard") {
          const kept = options.wait ? await untilDiscarded(client, id) : job;
          print(session.isJson, { ok: true, job: kept }, () =>
            kept === null ? `${job.name}: discarded` : `${kept.name}: ${describeJob(kept)}`,
          );
          return;
        }
        if (options.wait) {
          const followed = await followJob(session.reach, session.core, id, new StatusLine());
          session.core = followed.core;
          job = followed.job;
        }
        print(session.isJson, { ok: true, job }, () => `${job.name}: ${describeJob(job)}`);
      }),
    );

  jobs
    .command("checkpoint <job>")
    .description("write a checkpoint now; the run goes on")
    .option("--json", "print one JSON line")
    .action((which: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const job = findByIdOrName(await client.request("jobs.list", {}), which, "job");
        await client.request("jobs.checkpoint", { id: job.id });
        print(isJson, { ok: true }, () => `${job.name}: asked for a checkpoint`);
      }),
    );

  jobs
    .command("history <job>")
    .description("every change of the run's status, with its cause")
    .option("--json", "print one JSON line")
    .action((which: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const history = await historyOf(client, which);
        print(isJson, { ok: true, history }, () =>
          history.map(({ at, to, cause }) => `${at}  ${to.padEnd(11)}  ${cause}`).join("\n"),
        );
      }),
    );
}

async function historyOf(client: CoreClient, which: string) {
  const { id } = findByIdOrName(await client.request("jobs.list", {}), which, "job");
  return client.request("jobs.history", { id });
}

function graceOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new AppError("invalid_input", `“${text}” is not a number of seconds (0 to 86400).`);
}
