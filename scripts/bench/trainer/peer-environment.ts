import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { pythonProcessEnv } from "../../../electron/python/python-process-env.ts";

export const TRL_VERSION = "1.16.0";
/** Never installed anew for the peer: both trainers run on the very same ones. */
const SHARED = [
  "torch",
  "transformers",
  "peft",
  "accelerate",
  "tokenizers",
  "safetensors",
  "numpy",
];

/**
 * An environment with TRL on top of the training environment: its own folder holds only what is
 * missing there, everything else is taken from it. The training environment stays as it is.
 *
 * @returns the interpreter.
 */
export async function preparePeer(python: string, folder: string): Promise<string> {
  const [packages, versions] = await describe(python);
  const wanted = createHash("sha256")
    .update(JSON.stringify([python, packages, versions, TRL_VERSION]))
    .digest("hex");
  const environment = join(folder, `trl-${wanted.slice(0, 12)}`);
  const isWindows = process.platform === "win32";
  const peer = join(environment, ...(isWindows ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const stamp = join(environment, "complete");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return peer;

  console.error(`Installing TRL ${TRL_VERSION} for the comparison into ${environment}`);
  mkdirSync(folder, { recursive: true });
  const made = await execa(python, ["-m", "venv", "--clear", environment], { reject: false });
  if (made.failed) {
    // Pythons without ensurepip; uv brings a pip along.
    await execa("uv", ["venv", "--quiet", "--clear", "--seed", "--python", python, environment]);
  }
  const [own] = await describe(peer);
  writeFileSync(join(own[0] ?? "", "training.pth"), `${packages.join("\n")}\n`);
  const constraints = join(environment, "constraints.txt");
  const lines = Object.entries(versions).map(([name, version]) => `${name}==${version}\n`);
  writeFileSync(constraints, lines.join(""));
  const install = ["-m", "pip", "install", "--quiet", "--constraint", constraints];
  await execa(peer, [...install, `trl==${TRL_VERSION}`], {
    env: pythonProcessEnv(process.env),
    extendEnv: false,
    stdin: "ignore",
    stdout: ["pipe", process.stderr],
    stderr: "inherit",
  });
  writeFileSync(stamp, wanted);
  return peer;
}

/** The folders of its packages, and the versions of those that both trainers use. */
export async function describe(python: string): Promise<[string[], Record<string, string>]> {
  const program = `
import importlib.metadata, json, sys, sysconfig
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
paths = [sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"], *sys.path]
is_package_folder = lambda path: path.endswith(("site-packages", "dist-packages"))
print(json.dumps([list(dict.fromkeys(filter(is_package_folder, paths))), found]))`;
  const { stdout } = await execa(python, ["-c", program, ...SHARED], {
    env: pythonProcessEnv(process.env),
    extendEnv: false,
  });
  return JSON.parse(stdout) as [string[], Record<string, string>];
}
