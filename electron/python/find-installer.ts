import { runProgram } from "./run-program.ts";

export type Installer = "uv" | "pip";

const UV_SOURCES = [
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_INDEX",
  "UV_FIND_LINKS",
  "UV_CONFIG_FILE",
];
const PIP_SOURCES = [
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_FIND_LINKS",
  "PIP_NO_INDEX",
  "PIP_CONFIG_FILE",
];

/** True when the user told pip or uv where packages come from. */
export function hasPackageSource(env: NodeJS.ProcessEnv): boolean {
  return isAnySet(env, PIP_SOURCES) || isAnySet(env, UV_SOURCES);
}

/**
 * uv is quicker, but it does not read pip's settings: where the user told only pip where packages
 * come from (a mirror, a folder of wheels), pip is used.
 */
export async function findInstaller(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Installer> {
  if (isAnySet(env, PIP_SOURCES) && !isAnySet(env, UV_SOURCES)) return "pip";
  const end = await runProgram("uv", ["--version"], { env, signal, timeoutMs: 20_000 });
  signal.throwIfAborted();
  return end.exitCode === 0 ? "uv" : "pip";
}

function isAnySet(env: NodeJS.ProcessEnv, names: readonly string[]): boolean {
  return names.some((name) => (env[name] ?? "") !== "");
}

/** pip can tell of a running download in plain lines, `--progress-bar raw`, since 24.1. */
export async function canTellProgress(
  pythonPath: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<boolean> {
  let version = "";
  await runProgram(pythonPath, ["-m", "pip", "--version"], {
    env,
    signal,
    timeoutMs: 60_000,
    onStdoutLine: (line) => {
      version ||= /^pip (\d+\.\d+)/.exec(line)?.[1] ?? "";
    },
  });
  signal.throwIfAborted();
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 1);
}
