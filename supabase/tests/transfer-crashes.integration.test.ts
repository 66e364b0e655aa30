import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { KeepLocal } from "../../electron/sync/keep-local.ts";
import type { TransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import type { Store } from "../../electron/store/open-store.ts";
import { MortalStore } from "../../scripts/simulate/mortal-store.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, TransferDesks, upload } from "./transfer-desks.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject();
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

interface Death {
  /** Before the write to the store, or around the request, of this number. */
  at: number;
  by: "write" | "request" | "answer";
}

/** One life on a home folder: until what was begun has come to its end, or until death. */
async function live(
  homePath: string,
  death: Death,
  begin: (desk: TransferDesk) => unknown,
  isDone: (desk: TransferDesk) => boolean,
): Promise<"done" | "dead"> {
  const dead = Promise.withResolvers<"dead">();
  let life: MortalStore | null = null;
  let requests = 0;
  const die = () => {
    life?.die();
    dead.resolve("dead");
  };
  const desk = desks.open({
    homePath,
    lifeOf: (store) => {
      life = new MortalStore(store);
      if (death.by === "write") life.dieAfter(death.at, () => dead.resolve("dead"));
      return dyingAtWrites(life, store);
    },
    fetch: async (input, init) => {
      requests += 1;
      const isLast = requests === death.at && death.by !== "write";
      if (isLast && death.by === "request") die();
      const answer = await fetch(input, init);
      if (isLast) die();
      return answer;
    },
  });
  const hasEnded = () => {
    const failed = desk.store.prepare("SELECT error FROM transfers WHERE state = 'failed'").get();
    if (failed !== undefined) throw new Error(String(failed["error"]));
    return isDone(desk);
  };
  const ended = desk.until(hasEnded).then(() => "done" as const);
  try {
    await begin(desk);
  } catch {
    // It died in the middle of the request.
  }
  const how = await Promise.race([ended, dead.promise]);
  ended.catch(() => undefined);
  await desks.forget(desk);
  return how;
}

/** Before a look at the store one may die as well as before the next write: nothing has changed. */
function dyingAtWrites(life: MortalStore, store: Store): Store {
  return new Proxy<Store>(life, {
    get(target, name) {
      if (name !== "prepare") {
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      }
      return (sql: string) => {
        const statement = target.prepare(sql);
        return /^\s*SELECT/.test(sql) ? store.prepare(sql) : statement;
      };
    },
  });
}

/** Dies everywhere, once in each life, and looks each time at what the next life makes of it. */
async function everywhere(
  by: Death["by"],
  tryIt: (death: Death) => Promise<"done" | "dead">,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    if ((await tryIt({ at, by })) === "done") return at - 1;
  }
}

const never: Death = { at: Number.POSITIVE_INFINITY, by: "request" };
const pathIn = (desk: TransferDesk) =>
  desk.store.prepare("SELECT storage_path FROM datasets").get()?.["storage_path"];
const states = (desk: TransferDesk) =>
  desk.store
    .prepare("SELECT state FROM transfers")
    .all()
    .map(({ state }) => state);
const isUploaded = (desk: TransferDesk) => states(desk).join() === "done";

async function isStored(sha256: string): Promise<boolean> {
  const place = `${project.owner.id}/${sha256}`;
  const { data } = await project.service.storage.from("lora-datasets").list(place);
  return (data ?? []).length > 0;
}

function leftovers(homePath: string): string[] {
  const folder = join(homePath, "transfers");
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function withDataset(): Promise<{ homePath: string; id: string; sha256: string }> {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath });
  const { id, sha256 } = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  await desks.forget(desk);
  return { homePath, id, sha256: sha256 ?? "" };
}

const kinds = ["write", "request", "answer"] as const;

test.each(kinds)("killed at any %s of an upload, the next start ends it", async (by) => {
  const deaths = await everywhere(by, async (death) => {
    const { homePath, sha256 } = await withDataset();
    const start = (desk: TransferDesk) => desk.transfers.start();
    const how = await live(homePath, death, start, isUploaded);
    expect(await live(homePath, never, start, isUploaded)).toBe("done");
    expect(await isStored(sha256)).toBe(true);
    const desk = desks.open({ homePath });
    expect(pathIn(desk)).toBe(`${project.owner.id}/${sha256}/data.jsonl`);
    await desks.forget(desk);
    return how;
  });
  expect(deaths).toBeGreaterThan(2);
});

test.each(kinds)("killed at any %s of taking back, the next start ends it", async (by) => {
  const deaths = await everywhere(by, async (death) => {
    const { homePath, id, sha256 } = await withDataset();
    const before = desks.open({ homePath });
    before.transfers.start();
    await upload(before, "datasets", id);
    before.store.prepare("DELETE FROM sync_outbox").run();
    before.store
      .prepare(
        "INSERT INTO sync_outbox (table_name, row_id, action) VALUES ('datasets', ?, 'insert')",
      )
      .run(id);
    new KeepLocal(before.store).set("datasets", id, true);
    await desks.forget(before);

    const start = (desk: TransferDesk) => desk.transfers.start();
    const isGone = (desk: TransferDesk) => states(desk).length === 0;
    const how = await live(homePath, death, start, isGone);
    expect(await live(homePath, never, start, isGone)).toBe("done");
    expect(await isStored(sha256)).toBe(false);
    const desk = desks.open({ homePath });
    expect(pathIn(desk)).toBeNull();
    await desks.forget(desk);
    return how;
  });
  expect(deaths).toBeGreaterThan(1);
});

test.each(kinds)("killed at any %s of a download, it is here once in the end", async (by) => {
  const source = await withDataset();
  const one = desks.open({ homePath: source.homePath });
  one.transfers.start();
  await upload(one, "datasets", source.id);
  const row = one.store.prepare("SELECT * FROM datasets").get();
  const { validation_errors: _, sample_data: __, ...plain } = { ...row };
  const sent = { ...plain, user_id: project.owner.id, training_ready: true };
  expect((await project.service.from("datasets").insert(sent)).error).toBeNull();
  const place = { table: "datasets", rowId: source.id } as const;
  const begin = (desk: TransferDesk) => {
    desk.transfers.start();
    // A person asks again for what is not under way.
    if (desk.list().length > 0) return null;
    return desk.transfers.requests["transfers.download"](place, "local");
  };

  const deaths = await everywhere(by, async (death) => {
    const homePath = desks.newFolder();
    const how = await live(homePath, death, begin, isUploaded);
    expect(await live(homePath, never, begin, isUploaded)).toBe("done");
    const desk = desks.open({ homePath });
    desk.transfers.start();
    expect(desk.library.requests["datasets.list"]({}, "local")).toMatchObject([
      { id: source.id, status: "ready", sha256: source.sha256 },
    ]);
    expect(leftovers(homePath)).toEqual([]);
    await desks.forget(desk);
    return how;
  });
  expect(deaths).toBeGreaterThan(2);
});
