import { afterAll, beforeAll, expect, test } from "vitest";
import { newDataset } from "./sample-rows.ts";
import { beginAs, operation, push } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

let project: TeamProject;
beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(() => project?.close());

/** Answers once somebody waits for what this connection holds. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await project.database.query(
      "select 1 from pg_locks where not granted and locktype = 'transactionid'",
    );
    if (rows.length > 0) return;
  }
}

test("an insert that is sent again while the first one is under way is a duplicate", async () => {
  const insert = operation("insert", "datasets", newDataset());
  await beginAs(project.database, project.owner.id);
  const first = await project.database.query("select public.push_changes($1) as answers", [
    JSON.stringify([insert]),
  ]);
  expect(first.rows[0].answers).toMatchObject([{ outcome: "applied" }]);
  const again = push(project.owner.client, insert);
  await untilSomebodyWaits();
  await project.database.query("commit");
  expect(await again).toMatchObject([{ op_id: insert.op_id, outcome: "duplicate" }]);
});
