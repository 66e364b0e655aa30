import { execFile } from "node:child_process";

/** Runs Node without the variables of whoever runs the tests. */
export function runNode(args: string[], cwd: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env["PATH"] ?? "" };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
