import { type ProgramEnd, type ProgramOptions, runProgram } from "./run-program.ts";
import { pythonProcessEnv } from "./python-process-env.ts";

export interface TrainerModule {
  pythonPath: string;
  /** The folder that holds the package `lora_trainer`. */
  trainerPath: string;
  /** `lora_trainer.exports` */
  module: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** One line of JSON may hold all that was asked for. */
const LONGEST_LINE = 256 * 1024 * 1024;

/** Runs one of the trainer's modules by its name, offline, each line of JSON handed on parsed. */
export function runTrainerModule(
  program: TrainerModule,
  options: Pick<ProgramOptions, "signal" | "timeoutMs" | "killAfterMs">,
  onJson: (value: unknown) => void,
): Promise<ProgramEnd> {
  return runProgram(program.pythonPath, ["-m", program.module, ...program.args], {
    ...options,
    cwd: program.trainerPath,
    env: {
      ...pythonProcessEnv(program.env),
      PYTHONPATH: program.trainerPath,
      HF_HUB_OFFLINE: "1",
    },
    longestLine: LONGEST_LINE,
    onStdoutLine: (line) => {
      const value = parseJson(line);
      if (value !== null) onJson(value);
    },
  });
}

function parseJson(line: string): unknown {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
