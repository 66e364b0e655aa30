import { homedir } from "node:os";
import { type Command, Option } from "commander";
import { execa } from "execa";
import { AppError } from "../../../shared/app-error.ts";
import { setLoginStart } from "../../login/login-start.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";

/** Has `lora-desk serve` started with the user's session, or no longer. */
export async function setServeAtLogin(isOn: boolean, port: string): Promise<string> {
  const [, script = ""] = process.argv;
  return setLoginStart(isOn, {
    platform: process.platform,
    env: process.env,
    userHome: homedir(),
    program: [process.execPath, ...process.execArgv, script, "serve", "--port", port],
    kind: "service",
    run: (file, args) => execa(file, [...args]),
  });
}

export function addAutostartCommand(program: Command, run: RunWithCore): void {
  program
    .command("autostart <on|off>")
    .description("start `serve` with your session, so that runs go on unattended after a restart")
    .addOption(new Option("--port <n>", "loopback port").default("4747"))
    .option("--json", "print one JSON line")
    .action((wanted: string, options: { port: string; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        if (wanted !== "on" && wanted !== "off") {
          throw new AppError("invalid_input", `Say on or off, not “${wanted}”.`);
        }
        const port = Number(options.port);
        if (!Number.isInteger(port) || port < 0 || port > 65_535) {
          throw new AppError("invalid_input", `“${options.port}” is not a port (0 to 65535).`);
        }
        const isOn = wanted === "on";
        const path = await setServeAtLogin(isOn, options.port);
        await client.request("settings.update", { isStartedAtLogin: isOn });
        print(isJson, { ok: true, isOn, path }, () =>
          isOn ? `LoRA Desk starts with your session: ${path}${hints()}` : `Removed: ${path}`,
        );
      }),
    );
}

function hints(): string {
  if (process.platform !== "linux") return "";
  return "\nStart it now:                 systemctl --user daemon-reload && systemctl --user start lora-desk\nAlso before anyone logs in:   loginctl enable-linger";
}
