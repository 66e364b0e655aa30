import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import type { JobOf } from "../../../shared/contract/jobs.ts";
import type { Queue } from "../../../shared/contract/queue.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { table } from "../terminal.ts";

export function addQueueCommands(program: Command, run: RunWithCore): void {
  const queue = program
    .command("queue")
    .description("show who is next, and change it")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        await show(client, isJson, await client.request("queue.get", {}));
      }),
    );

  for (const [name, description] of [
    ["pause", "start nothing more; what runs goes on"],
    ["resume", "start queued runs again"],
  ] as const) {
    queue
      .command(name)
      .description(description)
      .option("--json", "print one JSON line")
      .action((_: unknown, command: Command) => {
        const options = command.optsWithGlobals<{ json?: boolean }>();
        return run(options, async ({ core: { client }, isJson }) => {
          await show(client, isJson, await client.request(`queue.${name}`, {}));
        });
      });
  }

  queue
    .command("move <job>")
    .description("put a queued run at the head of the queue, before another one, or at the end")
    .option("--before <job>", "the run that is to come after it")
    .option("--last", "put it at the end")
    .option("--json", "print one JSON line")
    .action((which: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<{
        before?: string;
        last?: boolean;
        json?: boolean;
      }>();
      return run(options, async ({ core: { client }, isJson }) => {
        if (options.before !== undefined && options.last === true) {
          throw new AppError("invalid_input", "Give either --before or --last.");
        }
        const jobs = await client.request("jobs.list", {});
        const { id } = findByIdOrName(jobs, which, "job");
        const { order } = await client.request("queue.get", {});
        const first = order.find((one) => one !== id) ?? null;
        const before =
          options.before === undefined ? first : findByIdOrName(jobs, options.before, "job").id;
        const beforeId = options.last === true ? null : before;
        await show(client, isJson, await client.request("queue.move", { id, beforeId }));
      });
    });
}

async function show(client: CoreClient, isJson: boolean, queue: Queue): Promise<void> {
  const jobs = await client.request("jobs.list", {});
  const queued = queue.order.flatMap((id) => {
    const job = jobs.find((one) => one.id === id);
    return job?.status === "queued" ? [job] : [];
  });
  print(isJson, { ok: true, queue, jobs: queued }, () =>
    [
      ...(queue.isPaused ? ["The queue is paused: lora-desk queue resume", ""] : []),
      queued.length === 0 ? "Nothing is queued." : describe(queued),
    ].join("\n"),
  );
}

function describe(queued: readonly JobOf<"queued">[]): string {
  return table(
    ["", "NAME", "PRIORITY", "WAITS FOR", "ID"],
    queued.map((job, index) => [
      `${index + 1}`,
      job.name,
      job.accounting.priority,
      job.waitingFor ?? "about to start",
      job.id,
    ]),
  );
}
