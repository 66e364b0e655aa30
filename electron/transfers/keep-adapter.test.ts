import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ArtifactStore } from "../jobs/artifact-store.ts";
import { addDataset, benchDataset } from "../jobs/fixtures/job-bench.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { discardMovedAdapter } from "./discard-moved-adapter.ts";
import { manifestText } from "./file-manifest.ts";
import { writeTrainedAdapter } from "./fixtures/trained-adapter.ts";
import { keepAdapter } from "./keep-adapter.ts";
import type { TransferRecord } from "./transfer-record.ts";
import type { TeamRows } from "./team-rows-client.ts";

/* Several accounts of one machine download the same adapter: their files share the runs' folder. */

let home = "";
let maker: Store;
const stores: Store[] = [];
let made: ReturnType<typeof writeTrainedAdapter>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-keep-adapter-"));
  maker = open("maker");
  const dataset = benchDataset(home);
  addDataset(maker, dataset);
  const about = { homePath: home, userId: randomUUID(), datasetId: dataset.id };
  made = writeTrainedAdapter(maker, { ...about, files: [{ name: "weights", bytes: 5 }] });
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  rmSync(home, { recursive: true, force: true });
});

function open(name: string): Store {
  const store = openStore({ path: join(home, `${name}.db`), log: () => undefined });
  stores.push(store);
  return store;
}

/** A folder with what was downloaded, named by its transfer. */
function downloaded(text: string): string {
  const folder = join(home, "transfers", randomUUID());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "weights"), text);
  return folder;
}

const rows = {
  fetch: (table: string) =>
    Promise.resolve(table === "datasets" ? made.dataset : { ...made.job, status: "completed" }),
} as unknown as TeamRows;

async function keep(store: Store, folder: string): Promise<string> {
  const { artifact } = made;
  const { signal } = new AbortController();
  const target = { store, rows, runsPath: join(home, "runs"), userId: randomUUID() };
  await keepAdapter({ artifact, folder, signal }, target);
  return new ArtifactStore(store).find(artifact.id)?.path ?? "";
}

const weightsIn = (path: string) => readFileSync(join(path, "weights"), "utf8");

test("each account has a copy of its own, beside the adapter that was trained here", async () => {
  mkdirSync(made.adapterPath, { recursive: true });
  writeFileSync(join(made.adapterPath, "weights"), "made");
  const paths = [];
  for (const name of ["first", "second", "third"]) {
    paths.push(await keep(open(name), downloaded(name)));
  }
  expect(paths.map(weightsIn)).toEqual(["first", "second", "third"]);
  expect(weightsIn(made.adapterPath)).toBe("made");
});

test("after a crash before the rows were written it goes on with its own files", async () => {
  const crashed = open("crashed");
  const folder = downloaded("crashed");
  crashed.close();
  stores.splice(stores.indexOf(crashed), 1);
  await expect(keep(crashed, folder)).rejects.toThrow(/not open/u);
  expect(existsSync(folder)).toBe(false);
  const other = await keep(open("other"), downloaded("other"));

  const path = await keep(open("crashed"), folder);
  expect([path, other].map(weightsIn)).toEqual(["crashed", "other"]);
});

test("files that are gone are not taken to be another account's", async () => {
  await keep(open("other"), downloaded("other"));
  const folder = downloaded("gone");
  rmSync(folder, { recursive: true });
  await expect(keep(open("late"), folder)).rejects.toMatchObject({ kind: "not_found" });
});

test("after a crash before the rows were written a cancelled download leaves nothing behind", async () => {
  const crashed = open("crashed");
  const folder = downloaded("crashed");
  mkdirSync(join(folder, "tokenizer"));
  writeFileSync(join(folder, "tokenizer", "vocab"), "v");
  crashed.close();
  stores.splice(stores.indexOf(crashed), 1);
  await expect(keep(crashed, folder)).rejects.toThrow(/not open/u);
  const store = open("crashed");
  const kept = downloaded("kept");
  const path = await keep(open("other"), kept);

  const discard = (from: Store, of: string) =>
    discardMovedAdapter(manifestOf(of), { store: from, runsPath: join(home, "runs") });
  await discard(store, folder);
  expect(readdirSync(dirname(path))).toEqual([`adapter-${basename(kept)}`]);
  // Rows name it by now: it is no remnant.
  await discard(open("other"), kept);
  expect(weightsIn(path)).toBe("kept");

  // The same where no other account has the run.
  const late = downloaded("late");
  rmSync(path, { recursive: true });
  rmSync(dirname(path), { recursive: true });
  store.close();
  stores.splice(stores.indexOf(store), 1);
  await expect(keep(store, late)).rejects.toThrow(/not open/u);
  await discard(open("crashed"), late);
  expect(readdirSync(join(home, "runs"))).toEqual([]);
});

/** The list of files of a download into `folder`, as it lies beside it. */
function manifestOf(folder: string): TransferRecord {
  const names = ["weights", "tokenizer/vocab"];
  const files = names.map((name) => ({ name, bytes: 1, sha256: "a".repeat(64) }));
  writeFileSync(`${folder}.json`, manifestText(files));
  return { path: `${folder}.json`, rowId: made.artifact.id, part: "manifest" } as TransferRecord;
}
