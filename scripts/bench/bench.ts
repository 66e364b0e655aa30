import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/*
 * `npm run bench -- <name> [options]`: runs scripts/bench/<name>.ts and prints one JSON line with its figure,
 * the peer's or the physical limit's figure from the same run, and the ratio.
 */
export interface BenchResult {
  name: string;
  unit: string;
  figure: number;
  /** What it is measured against, in words. */
  peer: string;
  peerFigure: number;
  ratio: number;
  details?: Record<string, unknown>;
}

const folder = import.meta.dirname;
const known = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "bench.ts")
  .map((file) => file.slice(0, -3));
const [name = "", ...options] = process.argv.slice(2);
if (!known.includes(name)) {
  console.error(`Usage: npm run bench -- <name>, where <name> is one of: ${known.join(", ")}`);
  process.exit(2);
}
const bench = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as {
  run: (options: string[]) => Promise<BenchResult>;
};
console.log(JSON.stringify(await bench.run(options)));
