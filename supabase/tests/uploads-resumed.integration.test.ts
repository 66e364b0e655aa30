import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, sha256, storedObject, TransferDesks, upload } from "./transfer-desks.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject({ projectMaxBytes: 20 * 1024 * 1024 });
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

test("a pause lasts over a restart, and a resume goes on from the bytes that are there", async () => {
  const homePath = desks.newFolder();
  const third = 2 * 6 * 1024 * 1024;
  const sentAt: number[] = [];
  const counting: typeof fetch = (input, init) => {
    if (init?.method === "PATCH") {
      sentAt.push(Number(new Headers(init.headers).get("upload-offset")));
    }
    return fetch(input, init);
  };
  const before = desks.open({
    homePath,
    // The third chunk does not get away.
    fetch: async (input, init) => {
      if (new Headers(init?.headers).get("upload-offset") === String(third)) {
        await once(init?.signal ?? new EventTarget(), "abort");
      }
      return counting(input, init);
    },
  });
  const dataset = await before.importFile(rowsFile(desks.newFolder(), 19_000_000));
  before.transfers.start();
  const { id } = await before.until(() =>
    before.list().find((one) => one.state === "moving" && one.bytesDone === third),
  );
  await before.transfers.requests["transfers.pause"]({ id }, "local");
  expect(before.find(id)).toMatchObject({ state: "paused", bytesDone: third });
  await desks.forget(before);

  const after = desks.open({ homePath, fetch: counting });
  after.transfers.start();
  expect(after.find(id)?.state).toBe("paused");
  await after.transfers.requests["transfers.resume"]({ id }, "local");
  await after.untilDone([id]);
  // The stopped one was turned back before a byte of it left.
  expect(new Set(sentAt)).toEqual(new Set([0, third / 2, third, third + third / 2]));
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(dataset.sha256);
});

test("a token that has run out is replaced, and an ended session waits for the next", async () => {
  const asked: (string | undefined)[] = [];
  let isSignedIn = true;
  const session: TeamSession = {
    ...desks.sessionOf(project.owner),
    accessToken: (_signal, refused) => {
      asked.push(refused);
      return Promise.resolve(
        refused === undefined || !isSignedIn ? "not.a.token" : project.owner.accessToken,
      );
    },
  };
  const desk = desks.open({ session });
  const first = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.start();
  await upload(desk, "datasets", first.id);
  expect(asked).toContain("not.a.token");

  isSignedIn = false;
  const second = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.look();
  const waiting = await desk.until(() =>
    desk.list().find(({ state, error }) => state === "waiting" && error !== null),
  );
  expect(waiting).toMatchObject({ state: "waiting", rowId: second.id });
  expect(waiting.error?.message).toMatch(/Sign in again/);
  isSignedIn = true;
  desk.transfers.wake();
  await desk.untilDone([waiting.id]);
});

test("an upload that goes on with a token that has run out sends no byte twice", async () => {
  const homePath = desks.newFolder();
  const offsets: (string | null)[] = [];
  const third = String(2 * 6 * 1024 * 1024);
  const held = Promise.withResolvers<void>();
  const watched: typeof fetch = async (input, init) => {
    if (init?.method === "POST") offsets.push("begun");
    if (init?.method !== "PATCH") return fetch(input, init);
    const offset = new Headers(init.headers).get("upload-offset");
    if (offset === third && !offsets.includes("restart")) {
      held.resolve();
      await once(init.signal ?? new EventTarget(), "abort");
    }
    const answer = await fetch(input, init);
    if (answer.ok) offsets.push(offset);
    return answer;
  };
  const before = desks.open({ homePath, fetch: watched });
  await before.importFile(rowsFile(desks.newFolder(), 14_000_000));
  before.transfers.start();
  const { id } = await before.until(() => before.list()[0]);
  await held.promise;
  await desks.forget(before);

  offsets.push("restart");
  const session: TeamSession = {
    ...desks.sessionOf(project.owner),
    accessToken: (_signal, refused) =>
      Promise.resolve(refused === undefined ? "not.a.token" : project.owner.accessToken),
  };
  const after = desks.open({ homePath, session, fetch: watched });
  after.transfers.start();
  await after.untilDone([id]);
  expect(offsets).toEqual(["begun", "0", String(Number(third) / 2), "restart", third]);
});

test("an upload that the project will not go on with, whoever asks, is begun anew", async () => {
  const homePath = desks.newFolder();
  const held = Promise.withResolvers<void>();
  const before = desks.open({
    homePath,
    fetch: async (input, init) => {
      if (Number(new Headers(init?.headers).get("upload-offset")) > 0) {
        held.resolve();
        await once(init?.signal ?? new EventTarget(), "abort");
      }
      return fetch(input, init);
    },
  });
  const dataset = await before.importFile(rowsFile(desks.newFolder(), 7_000_000));
  before.transfers.start();
  await held.promise;
  await desks.forget(before);

  const heads: string[] = [];
  const after = desks.open({
    homePath,
    fetch: (input, init) => {
      if (init?.method !== "HEAD") return fetch(input, init);
      heads.push(new Headers(init.headers).get("authorization") ?? "");
      return Promise.resolve(new Response(null, { status: 403 }));
    },
  });
  after.transfers.start();
  const { id } = await after.until(() => after.list()[0]);
  await after.untilDone([id]);
  // Once more with a token that was asked for anew, and no oftener.
  expect(heads).toHaveLength(2);
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(dataset.sha256);
});
