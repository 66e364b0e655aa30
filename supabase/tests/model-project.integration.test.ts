import { afterAll, beforeAll, expect, test } from "vitest";
import { pull, pullAll } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import type { SignedInUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { SeededRandom } from "../../scripts/torture/seeded-random.ts";
import { inColumns } from "../../electron/sync/metrics-columns.ts";
import type { CurvePoint } from "../../electron/sync/team-server.ts";
import { answerRequest } from "../../scripts/simulate/model/answer-request.ts";
import { ModelProject } from "../../scripts/simulate/model/model-project.ts";
import { RandomOperations } from "./random-operations.ts";

/* The simulator's project is worth what it has in common with the real one. */
let project: TeamProject;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(() => project?.close());

test.each([1, 2, 3, 4, 5, 6])("the model answers as PostgreSQL does (seed %i)", async (seed) => {
  const random = new SeededRandom(seed);
  const operations = new RandomOperations(random);
  const model = new ModelProject(() => Date.now());
  const users = [project.owner, project.owner, project.other] as const;
  // Feed numbers of the database have gaps, so both are told apart by their order.
  const real: number[] = [];
  const modelled: number[] = [];
  const cursors = new Map<string, { real: string | null; modelled: string | null }>();
  for (const { id, client } of [project.owner, project.other]) {
    cursors.set(id, { real: (await pullAll(client)).cursor, modelled: null });
  }
  const ask = (user: SignedInUser, name: string, body: unknown): unknown => {
    const reply = answerRequest(model, user.id, name, JSON.stringify(body));
    return reply.status === 200 ? JSON.parse(reply.body) : { code: JSON.parse(reply.body).code };
  };
  const call = async (user: SignedInUser, name: string, body: object): Promise<unknown> => {
    const { data, error } = await user.client.rpc(name, body);
    return error === null ? data : { code: error.code };
  };

  for (let round = 0; round < 60; round++) {
    const user = random.pick(users);
    if (random.share() < 0.2) {
      const each = operations.points();
      const points = random.share() < 0.5 ? each : inColumns(each as unknown as CurvePoint[]);
      compare(ask(user, "push_metrics", { points }), await call(user, "push_metrics", { points }));
    } else {
      const count = Math.ceil(random.upTo(8));
      const places = real.map((_, place) => place);
      const changes = Array.from({ length: count }, () => operations.next(places));
      const withVersions = (versions: readonly number[]) =>
        changes.map((change) =>
          "base_version" in change
            ? { ...change, base_version: versions[change["base_version"] as number] }
            : change,
        );
      const fromModel = ask(user, "push_changes", { changes: withVersions(modelled) });
      const fromReal = await call(user, "push_changes", { changes: withVersions(real) });
      compare(fromModel, fromReal);
    }
    if (random.share() < 0.4) await comparePages(user);
  }
  for (const user of [project.owner, project.other]) {
    await comparePages(user);
    await compareMetrics(user);
  }

  function compare(ours: unknown, theirs: unknown): void {
    expect(withoutMessages(ours, modelled)).toEqual(withoutMessages(theirs, real));
  }

  async function comparePages(user: SignedInUser): Promise<void> {
    const at = cursors.get(user.id) ?? { real: null, modelled: null };
    const size = Math.ceil(random.upTo(5));
    for (;;) {
      const theirs = await pull(user.client, at.real, size);
      const ours = ask(user, "pull_changes", {
        since: at.modelled,
        page_size: size,
      }) as typeof theirs;
      expect(ours.changes.map(entryOf)).toEqual(theirs.changes.map(entryOf));
      expect(ours.has_more).toBe(theirs.has_more);
      at.real = theirs.cursor;
      at.modelled = ours.cursor;
      if (!theirs.has_more) return;
    }
  }

  async function compareMetrics(user: SignedInUser): Promise<void> {
    for (const [jobId, points] of model.data.metrics) {
      if (model.find("training_jobs", jobId, user.id) === undefined) continue;
      const { data } = await user.client
        .from("metrics_points")
        .select()
        .eq("job_id", jobId)
        .order("step");
      const ours = [...points.values()].sort((a, b) => Number(a["step"]) - Number(b["step"]));
      expect(ours.map(withoutId)).toEqual(data?.map(withoutId));
    }
  }

  /** What is not the database's own wording or numbering. */
  function withoutMessages(answers: unknown, versions: number[]): unknown {
    if (!Array.isArray(answers)) return answers;
    return answers.map(({ message: _message, version, ...answer }: Record<string, unknown>) => {
      if (typeof version !== "number") return answer;
      if (!versions.includes(version)) versions.push(version);
      return { ...answer, version: versions.indexOf(version) };
    });
  }
});

/** The database names a point that comes without an id. */
function withoutId({ id: _id, ...point }: Record<string, unknown>): Record<string, unknown> {
  return point;
}

/** Without numbers that the database draws and times that it takes from its clock. */
function entryOf(entry: Record<string, unknown>): Record<string, unknown> {
  const { version: _version, recorded_at: _at, row, ...known } = entry;
  const {
    created_at: _made,
    updated_at: _changed,
    ...columns
  } = (row ?? {}) as Record<string, unknown>;
  const deleted = typeof columns["deleted_at"] !== "string" ? null : "deleted";
  return { ...known, row: row === null ? null : { ...columns, deleted_at: deleted } };
}
