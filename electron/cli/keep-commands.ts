import { Argument, type Command } from "commander";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { findByIdOrName } from "./find-by-id-or-name.ts";
import { print } from "./output.ts";
import type { RunWithCore } from "./session.ts";

type Thing = "dataset" | "job";

/** `sync keep` and `sync release`: what never goes to a project. */
export function addKeepCommands(sync: Command, run: RunWithCore): void {
  const add = (
    name: string,
    description: string,
    isKeptLocal: boolean,
    tell: (thing: Thing, called: string) => string,
  ) =>
    sync
      .command(name)
      .description(description)
      .addArgument(new Argument("<thing>", "what it is").choices(["dataset", "job"]))
      .argument("<name>", "its name or id")
      .option("--json", "print one JSON line")
      .action((thing: Thing, which: string, options: { json?: boolean }) =>
        run(options, async ({ core: { client }, isJson }) => {
          const found = findByIdOrName(await all(client, thing), which, thing);
          const table = thing === "dataset" ? "datasets" : "training_jobs";
          await client.request("sync.setKeepLocal", { table, id: found.id, isKeptLocal });
          print(isJson, { ok: true, id: found.id, isKeptLocal }, () => tell(thing, found.name));
        }),
      );

  add(
    "keep",
    "keep a dataset (with its jobs) or a job on this machine; only before it was sent",
    true,
    (_thing, called) => `“${called}” stays on this machine.`,
  );
  add(
    "release",
    "let go to the project what was kept on this machine",
    false,
    (_thing, called) => `“${called}” goes to the project with the next round, or once you sign in.`,
  );
}

function all(client: CoreClient, thing: Thing): Promise<{ id: string; name: string }[]> {
  return thing === "dataset"
    ? client.request("datasets.list", {})
    : client.request("jobs.list", {});
}
