import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { TemporaryFolder } from "../../electron/jobs/fixtures/temporary-folder.ts";
import { SeededRandom } from "./seeded-random.ts";
import { makeTinyTask, type TinyTask } from "./tiny-task.ts";
import { tortureLeases } from "./torture-leases.ts";
import { tortureRuns } from "./torture-runs.ts";

/* What `npm run torture` does at length, in short. */
const python = process.env["LORA_DESK_PYTHON"] ?? "";
const folder = new TemporaryFolder();
let task: TinyTask;

beforeAll(async () => {
  task = await makeTinyTask(python, folder.path);
});
afterAll(() => folder.remove());

/** More than enough for two busy cores; a minute is enough for idle ones. */
const timeout = 600_000;

describe.skipIf(process.platform !== "linux")("torture", () => {
  it(
    "loses and changes nothing while core, runner, trainer and computer are killed",
    { timeout },
    async () => {
      const said: string[] = [];
      onTestFailed(() => console.error(said.join("\n")));
      const { runs, attempts, ...found } = await tortureRuns({
        kills: 5,
        victim: "all",
        steps: 120,
        jobs: 1,
        desks: 1,
        random: new SeededRandom(4),
        python,
        task,
        folder: join(folder.path, "runs"),
        say: (message) => said.push(message),
      });
      expect(found).toEqual({
        kills: 5,
        runsLost: 0,
        pointsLost: 0,
        pointsDoubled: 0,
        pointsDiffering: 0,
        lossesDiffering: 0,
        adaptersDifferent: 0,
        adaptersMiscounted: 0,
        historiesBroken: 0,
        eventsOutOfOrder: 0,
      });
      expect(runs).toBeGreaterThan(0);
      expect(attempts).toBeGreaterThan(runs);
    },
  );

  it("never has two runs on one GPU, however they crash", { timeout }, async () => {
    const said: string[] = [];
    onTestFailed(() => console.error(said.join("\n")));
    const random = new SeededRandom(3);
    const say = (message: string) => said.push(message);
    const own = join(folder.path, "leases");
    const found = await tortureLeases({ jobs: 8, random, python, task, folder: own, say });
    const faultless = { jobs: 8, overlaps: 0, jobsLost: 0, jobsUnseen: 0 };
    expect(found).toMatchObject(faultless);
    // Else nothing was put to the test.
    expect(found.attempts).toBeGreaterThan(8);
    expect(found.mostGpus).toBeGreaterThan(1);
  });
});
