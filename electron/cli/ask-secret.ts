import { Writable } from "node:stream";
import { createInterface } from "node:readline/promises";
import { text as readText } from "node:stream/consumers";

/** One line that is not shown while it is typed; without a terminal, what stands on standard input. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) return (await readText(process.stdin)).replace(/\r?\n$/, "");
  process.stderr.write(question);
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nothing, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
