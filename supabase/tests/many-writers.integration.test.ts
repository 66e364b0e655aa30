import { expect, test } from "vitest";
import { followWriters } from "./follow-writers.ts";
import { openTeamProject } from "./team-project.ts";

/** More take minutes: LORA_DESK_WRITER_ROWS=20000 npx vitest run --project integration many-writers */
const rows = Number(process.env["LORA_DESK_WRITER_ROWS"] ?? 2000);

test(`twelve machines write ${rows} rows at once; a reader that follows misses none`, async ({
  annotate,
}) => {
  const project = await openTeamProject();
  try {
    const result = await followWriters(project.owner, { writers: 12, rows });
    const seen = new Set(result.seen);
    const missed = result.written.filter((id) => !seen.has(id)).length;
    const { written, pagesMeanwhile, missedByNumber } = result;
    await annotate(
      JSON.stringify({ written: written.length, missed, pagesMeanwhile, missedByNumber }),
    );
    expect(written.length).toBeGreaterThanOrEqual(rows);
    expect(missed).toBe(0);
    expect(result.seen).toHaveLength(written.length);
    expect(pagesMeanwhile).toBeGreaterThan(2);
    // The writers do overtake each other: a plainer cursor would not have seen everything.
    expect(missedByNumber).toBeGreaterThan(0);
  } finally {
    await project.close();
  }
}, 1_800_000);
