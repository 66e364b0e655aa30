import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreOptions } from "../../core.ts";
import { serve } from "../../headless.ts";
import { setServeAtLogin } from "./autostart.ts";
import { print, printFailure } from "../output.ts";

export function addServeCommand(program: Command, coreOptions: CoreOptions): void {
  program
    .command("serve")
    .description("run LoRA Desk without a window and print the link to open in a browser")
    .option("--port <n>", "loopback port", "4747")
    .option("--json", "print one JSON line with the link")
    .action(async (options: { port: string; json?: boolean }) => {
      const isJson = options.json ?? false;
      try {
        const { rendererPath } = coreOptions;
        if (rendererPath === null || !existsSync(join(rendererPath, "index.html"))) {
          throw new AppError("unavailable", "The window is not built yet. Run: npm run build");
        }
        const port = Number(options.port);
        if (!Number.isInteger(port) || port < 0 || port > 65_535) {
          throw new AppError("invalid_input", `“${options.port}” is not a port (0 to 65535).`);
        }
        const { link, isOurs } = await serve({
          ...coreOptions,
          shell: "headless",
          port,
          setLoginStart: (isOn) => setServeAtLogin(isOn, options.port),
        });
        print(isJson, { ok: true, link, isOurs }, () =>
          isOurs
            ? `LoRA Desk is running. Open this link (it works once):\n\n  ${link}\n\nCtrl-C ends it; running trainings go on.`
            : `LoRA Desk was running already. Open this link (it works once):\n\n  ${link}`,
        );
      } catch (error) {
        printFailure(isJson, error);
      }
    });
}
