import { join } from "node:path";
import { homePath } from "../../../electron/home/home-folder.ts";
import { serve } from "../../../electron/headless.ts";
import { repository, trainerPath } from "../trainer/python-program.ts";

/*
 * The core of LORA_DESK_HOME in a process of its own, until SIGTERM. Says one line when it answers,
 * and for each message from its parent the processor time that it has used.
 */
const { link } = await serve({
  homePath: homePath(process.env),
  shell: "headless",
  version: "0.0.0-benchmark",
  trainerPath,
  supabasePath: join(repository, "supabase"),
  rendererPath: null,
  port: 0,
  env: process.env,
});
console.log(link);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6 });
});
