import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addAccountCommands } from "./cli/commands/account.ts";
import { addAdapterCommands } from "./cli/commands/adapters.ts";
import { addAutostartCommand } from "./cli/commands/autostart.ts";
import { addCostCommands } from "./cli/commands/costs.ts";
import { addDatasetCommands } from "./cli/commands/datasets.ts";
import { addElsewhereCommands } from "./cli/commands/elsewhere.ts";
import { addInspectCommand } from "./cli/commands/inspect.ts";
import { addJobCommands } from "./cli/commands/jobs.ts";
import { addMachineCommands } from "./cli/commands/machine.ts";
import { addNoticeCommands } from "./cli/commands/notices.ts";
import { addQueueCommands } from "./cli/commands/queue.ts";
import { addServeCommand } from "./cli/commands/serve.ts";
import { addSyncCommands } from "./cli/commands/sync.ts";
import { addTeamCommands } from "./cli/commands/teams.ts";
import { addTrainCommands } from "./cli/commands/train.ts";
import { addTransferCommands } from "./cli/commands/transfers.ts";
import { createRunner } from "./cli/session.ts";
import type { CoreOptions } from "./core.ts";
import { homePath } from "./home/home-folder.ts";

const here = import.meta.dirname;
const coreOptions: CoreOptions = {
  homePath: homePath(process.env),
  shell: "cli",
  version: packageJson.version,
  trainerPath: join(here, "trainer"),
  supabasePath: join(here, "..", "supabase"),
  rendererPath: join(here, "..", "out", "renderer"),
  port: 0,
  env: process.env,
};

const program = new Command("lora-desk")
  .description("Manage LoRA fine-tuning on this machine: datasets, runs, metrics and adapters.")
  .version(packageJson.version)
  .showHelpAfterError("(add --help for what there is)");

// The core of a command, too, shows the window to whoever asks for it meanwhile, if it is built.
const isBuilt = existsSync(join(here, "..", "out", "renderer", "index.html"));
const run = createRunner(isBuilt ? coreOptions : { ...coreOptions, rendererPath: null });
addTrainCommands(program, run);
addDatasetCommands(program, run);
addInspectCommand(program, run);
addJobCommands(program, run);
addQueueCommands(program, run);
addAdapterCommands(program, run);
addMachineCommands(program, run);
addCostCommands(program, run);
addNoticeCommands(program, run);
addAccountCommands(program, run);
addSyncCommands(program, run);
addElsewhereCommands(program, run);
addTransferCommands(program, run);
addTeamCommands(program, run);
addAutostartCommand(program, run);
addServeCommand(program, coreOptions);

await program.parseAsync();
