import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it, onTestFailed } from "vitest";
import { TemporaryFolder } from "../../electron/jobs/fixtures/temporary-folder.ts";
import { SeededRandom } from "./seeded-random.ts";
import { emptySyncVerdict } from "./sync-verdict.ts";
import { tortureSync } from "./torture-sync.ts";

/* What `npm run torture -- --sync` does at length, in short. */
const folder = new TemporaryFolder();
afterAll(() => folder.remove());

it.skipIf(process.platform !== "linux")(
  "folder, project and storage agree after the core was killed while it synced",
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    onTestFailed(() => console.error(said.join("\n")));
    const own = join(folder.path, "sync");
    mkdirSync(own);
    const random = new SeededRandom(5);
    const say = (message: string) => said.push(message);
    const { rows, points, files, killedAtWork, ...found } = await tortureSync({
      kills: 5,
      random,
      folder: own,
      say,
    });
    expect(found).toEqual({ kills: 5, ...emptySyncVerdict() });
    // Else nothing was put to the test.
    expect(Math.min(rows, points, files, killedAtWork)).toBeGreaterThan(0);
  },
);
