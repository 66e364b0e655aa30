import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryFolder } from "../jobs/fixtures/temporary-folder.ts";
import { type LoginStartOptions, setLoginStart } from "./login-start.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

function options(over: Partial<LoginStartOptions> = {}): LoginStartOptions {
  return {
    platform: "linux",
    env: {},
    userHome: folder.path,
    program: ["/opt/my tools/node", "/opt/desk/cli.ts", "serve"],
    kind: "service",
    run: () => Promise.reject(new Error("not expected")),
    ...over,
  };
}

it("writes a systemd unit, enabled, that leaves trainings alone, and takes it away", async () => {
  const env = { LORA_DESK_HOME: "/data/100% mine" };
  const path = await setLoginStart(true, options({ env }));
  await setLoginStart(true, options({ env }));
  expect(path).toBe(join(folder.path, ".config/systemd/user/lora-desk.service"));
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines).toContain('ExecStart="/opt/my tools/node" "/opt/desk/cli.ts" "serve"');
  expect(lines).toContain('Environment="LORA_DESK_HOME=/data/100%% mine"');
  expect(lines).toContain("KillMode=process");
  const enabled = join(folder.path, ".config/systemd/user/default.target.wants/lora-desk.service");
  expect(readlinkSync(enabled)).toBe(path);
  await setLoginStart(false, options());
  await setLoginStart(false, options());
  expect(existsSync(path) || existsSync(enabled)).toBe(false);
});

it("starts the window with the desktop, in the folder that the desktop looks in", async () => {
  const env = { XDG_CONFIG_HOME: join(folder.path, "config") };
  const program = ['/opt/a "good" $place/LoRA Desk'];
  const path = await setLoginStart(true, options({ kind: "window", env, program }));
  expect(path).toBe(join(folder.path, "config/autostart/lora-desk.desktop"));
  const entry = readFileSync(path, "utf8");
  expect(entry).toContain(String.raw`Exec="/opt/a \\"good\\" \\$place/LoRA Desk"`);
  await setLoginStart(false, options({ kind: "window", env }));
  expect(existsSync(path)).toBe(false);
});

it("starts in the data folder and with the Python of this session", async () => {
  const env = {
    XDG_CONFIG_HOME: "",
    LORA_DESK_HOME: "some folder",
    LORA_DESK_PYTHON: "/opt/py/bin/python",
  };
  const service = await setLoginStart(true, options({ env }));
  expect(service).toBe(join(folder.path, ".config/systemd/user/lora-desk.service"));
  const home = resolve("some folder");
  const unit = readFileSync(service, "utf8");
  expect(unit).toContain(`Environment="LORA_DESK_HOME=${home}"\n`);
  expect(unit).toContain('Environment="LORA_DESK_PYTHON=/opt/py/bin/python"\n');
  const program = ["/opt/LoRA Desk"];
  const window = await setLoginStart(true, options({ env, kind: "window", program }));
  expect(readFileSync(window, "utf8")).toContain(
    `Exec="env" "LORA_DESK_HOME=${home}" "LORA_DESK_PYTHON=/opt/py/bin/python" "/opt/LoRA Desk"\n`,
  );
  const agent = await setLoginStart(true, options({ env, platform: "darwin" }));
  expect(readFileSync(agent, "utf8")).toContain("<key>LORA_DESK_PYTHON</key>");
  const usual = await setLoginStart(true, options({ env: { LORA_DESK_HOME: " " } }));
  expect(readFileSync(usual, "utf8")).not.toContain("Environment");
});

it("writes a launch agent on macOS", async () => {
  const program = ["/Applications/R&D/node"];
  const path = await setLoginStart(true, options({ platform: "darwin", program }));
  const plist = readFileSync(path, "utf8");
  expect(plist).toContain("<string>/Applications/R&amp;D/node</string>");
  expect(plist).toMatch(/<key>AbandonProcessGroup<\/key>\s*<true\/>/);
  await setLoginStart(false, options({ platform: "darwin" }));
  expect(existsSync(path)).toBe(false);
});

it("asks the registry on Windows", async () => {
  const asked: (readonly string[])[] = [];
  const run = (file: string, args: readonly string[]) => {
    asked.push([file, ...args]);
    return Promise.resolve();
  };
  const program = ["C:\\Program Files\\node.exe", "serve"];
  await setLoginStart(true, options({ platform: "win32", program, run }));
  await setLoginStart(false, options({ platform: "win32", run }));
  expect(asked[0]).toContain('"C:\\Program Files\\node.exe" "serve"');
  expect(asked[1]?.slice(0, 2)).toEqual(["reg", "delete"]);
});
