import type { Command } from "commander";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import { describeJob } from "../describe-job.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { followJob } from "../follow-job.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { StatusLine, table } from "../terminal.ts";
import { untilOnItsOwn } from "../until-on-its-own.ts";
import { addDeleteJobCommand } from "./delete.ts";
import { addStopCommand } from "./stop.ts";

export function addJobCommands(program: Command, run: RunWithCore): void {
  const jobs = program.command("jobs").description("list, show, stop and read the log of runs");
  const find = async (client: CoreClient, which: string) =>
    findByIdOrName(await client.request("jobs.list", {}), which, "job");

  jobs
    .command("list")
    .description("list the runs, newest first")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const all = await client.request("jobs.list", {});
        print(isJson, { ok: true, jobs: all }, () =>
          all.length === 0
            ? "No runs yet. Start one: lora-desk train --dataset FILE"
            : table(
                ["NAME", "STATUS", "STEP", "DATASET", "BASE MODEL", "ID"],
                all.map((job) => [
                  job.name,
                  job.status,
                  `${job.progress.step}/${job.progress.totalSteps}`,
                  job.dataset.name,
                  job.baseModel.name,
                  job.id,
                ]),
              ),
        );
      }),
    );

  jobs
    .command("show <job>")
    .description("show a run (by id or name): state, history, result")
    .option("--json", "print one JSON line")
    .action((which: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const job = await find(client, which);
        const timeline = await client.request("jobs.timeline", { id: job.id });
        const samples = await client.request("jobs.samples", { id: job.id });
        const artifact =
          job.status === "completed"
            ? await client.request("artifacts.get", { id: job.artifactId })
            : null;
        print(isJson, { ok: true, job, timeline, samples, artifact }, () =>
          [
            `${job.name}: ${describeJob(job)}`,
            `  base model  ${job.baseModel.name}${baseFolder(job.baseModel)}`,
            `  dataset     ${job.dataset.name}`,
            `  step        ${job.progress.step}/${job.progress.totalSteps}`,
            ...(job.best === null
              ? []
              : [
                  `  best        validation loss ${job.best.loss.toFixed(4)} at step ${job.best.step}`,
                ]),
            `  run folder  ${job.runPath}`,
            ...(artifact === null ? [] : [`  adapter     ${artifact.path}`]),
            "",
            ...timeline.map(({ at, kind, message }) => `  ${at}  ${kind.padEnd(10)}  ${message}`),
          ].join("\n"),
        );
      }),
    );

  addStopCommand(jobs, run);
  addDeleteJobCommand(jobs, run);

  jobs
    .command("resume <job>")
    .description("queue a stopped, failed or interrupted run again, and follow it")
    .option("--no-wait", "do not follow it")
    .option("--json", "print one JSON line")
    .action((which: string, options: { wait: boolean; json?: boolean }) =>
      run(options, async (session) => {
        const { id } = await find(session.core.client, which);
        let job = await session.core.client.request("jobs.resume", { id });
        if (!options.wait) job = await untilOnItsOwn(session.core.client, id);
        else {
          const followed = await followJob(session.reach, session.core, id, new StatusLine());
          session.core = followed.core;
          job = followed.job;
        }
        print(session.isJson, { ok: true, job }, () => `${job.name}: ${describeJob(job)}`);
      }),
    );

  jobs
    .command("logs <job>")
    .description("print what the trainer wrote")
    .option("--json", "print one JSON line")
    .action((which: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const { id } = await find(client, which);
        const text = await readLog(client, id);
        print(isJson, { ok: true, text }, () => text.trimEnd());
      }),
    );
}

async function readLog(client: CoreClient, id: string): Promise<string> {
  let text = "";
  let offset = 0;
  for (;;) {
    const page = await client.request("jobs.log", { id, offset });
    text += page.text;
    if (page.nextOffset >= page.sizeBytes || page.nextOffset === offset) return text;
    offset = page.nextOffset;
  }
}

/** None where the run is a copy of another machine's. */
function baseFolder({ path }: { path: string }): string {
  return path === "" ? "" : `  (${path})`;
}
