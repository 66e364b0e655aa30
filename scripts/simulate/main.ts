import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

/*
 * `npm run simulate`: sync's own code on virtual workstations, against a model of the project that
 * answers as PostgreSQL does, through a network, clocks and processes that fail at every turn.
 * Then nothing may be lost, doubled or different anywhere. Prints one JSON line; ends with 1 and
 * the seed if anything is.
 *
 *   --schedules N   how many (1000)
 *   --seed S        of the first one; with it alone, that schedule, event by event
 *   --full          with what was sent and answered
 *   --real          against PostgREST and PostgreSQL instead of the model, a second per schedule
 *   --until-failure ends with the first schedule that goes wrong
 */
const { values } = parseArgs({
  options: {
    schedules: { type: "string" },
    seed: { type: "string" },
    real: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    "until-failure": { type: "boolean", default: false },
  },
});
const isReplay = values.seed !== undefined && values.schedules === undefined;
const first = Number(values.seed ?? Date.now() % 1_000_000_000);
const count = isReplay ? 1 : Number(values.schedules ?? 1000);
const began = performance.now();
let events = 0;
let rows = 0;
let done = 0;
// Loaded only then: the copies into which faults are planted have no stack.
const real = values.real ? await (await import("./real/real-project.ts")).openRealProject() : null;
const options = { isFullTrace: values.full, ...(real === null ? {} : { project: real }) };
const again = values.real ? "--real " : "";
const found = { lost: 0, doubled: 0, diverged: 0, other: 0 };
for (let seed = first; seed < first + count; seed++) {
  const result = await simulate(seed, options);
  done += 1;
  events += result.events;
  rows += result.rows;
  if (isReplay) console.error(result.trace);
  if (result.problems.length === 0) continue;
  for (const problem of result.problems) {
    if (problem.startsWith("LOST")) found.lost += 1;
    else if (problem.startsWith("DOUBLED")) found.doubled += 1;
    else if (problem.startsWith("DIVERGED")) found.diverged += 1;
    else found.other += 1;
  }
  console.error(`Schedule ${seed} went wrong (npm run simulate -- ${again}--seed ${seed} --full):`);
  console.error(`  ${JSON.stringify(result.schedule)}`);
  for (const problem of result.problems.slice(0, 10)) console.error(`  ${problem}`);
  process.exitCode = 1;
  if (values["until-failure"]) break;
}
await real?.close();
const seconds = Math.round((performance.now() - began) / 100) / 10;
console.log(JSON.stringify({ schedules: done, ...found, events, rows, seconds, seed: first }));
