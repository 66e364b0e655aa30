import { z } from "zod";
import { runProgram } from "./run-program.ts";

const PROBE = `
import json, struct, sys
def has(name):
    try:
        __import__(name)
        return True
    except Exception:
        return False
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "prefix": sys.prefix,
    "bits": struct.calcsize("P") * 8,
    "hasVenv": has("venv") and has("ensurepip"),
}))
`;
const TIMEOUT_MS = 20_000;

const interpreterSchema = z.object({
  executable: z.string().min(1),
  version: z.tuple([z.int(), z.int(), z.int()]),
  prefix: z.string(),
  bits: z.int(),
  /** Debian and Ubuntu leave venv and ensurepip out of python3; they come with python3-venv. */
  hasVenv: z.boolean(),
});
export type Interpreter = z.infer<typeof interpreterSchema>;

export type ProbeAnswer =
  | { found: true; interpreter: Interpreter }
  | { found: false; reason: string };

/** Asks an interpreter what it is, by running it. */
export async function probeInterpreter(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<ProbeAnswer> {
  const [file, ...args] = command;
  const lines: string[] = [];
  const end = await runProgram(file, [...args, "-c", PROBE], {
    env,
    timeoutMs: TIMEOUT_MS,
    onStdoutLine: (line) => lines.push(line),
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  if (end.startError === "ENOENT") return { found: false, reason: "it is not there" };
  if (end.startError !== null) {
    return { found: false, reason: `it cannot be started (${end.startError})` };
  }
  if (end.isTimedOut) return { found: false, reason: "it did not answer within 20 s" };
  if (end.exitCode !== 0) {
    const said = end.lastLines.findLast((line) => line.trim() !== "") ?? "";
    return { found: false, reason: `it ended with code ${end.exitCode}${said && `: ${said}`}` };
  }
  for (const line of lines.toReversed()) {
    const interpreter = parseProbe(line);
    if (interpreter !== null) return { found: true, interpreter };
  }
  return { found: false, reason: "its answer is not that of a Python 3" };
}

function parseProbe(line: string): Interpreter | null {
  try {
    return interpreterSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
