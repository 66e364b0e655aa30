import { join } from "node:path";
import { serve } from "../../electron/headless.ts";
import { repository } from "../bench/trainer/python-program.ts";
import type { CoreSettings } from "./tortured-core.ts";

/** The core in a process of its own, to be killed. Says one line when it answers. */
const settings = JSON.parse(process.argv[2] ?? "") as CoreSettings;
const { homePath, trainerPath, bootId, leasesPath, timings } = settings;
const { link } = await serve({
  homePath,
  shell: "headless",
  version: "0.0.0-torture",
  trainerPath,
  supabasePath: join(repository, "supabase"),
  rendererPath: null,
  port: 0,
  env: process.env,
  runs: { leasesPath, timings, ...(bootId === null ? {} : { bootId }) },
});
console.log(link);
