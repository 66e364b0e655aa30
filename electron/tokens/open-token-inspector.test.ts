import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestLibrary } from "../datasets/fixtures/test-library.ts";
import { TrainerStandIn } from "../python/fixtures/trainer-stand-in.ts";
import { openTokenInspector, type TokenInspector } from "./open-token-inspector.ts";

const MODEL = { id: "tiny", name: "Tiny" };
let library: TestLibrary;
let python: TrainerStandIn;
let inspector: TokenInspector;
let datasetId = "";

beforeEach(async () => {
  library = new TestLibrary();
  python = new TrainerStandIn();
  inspector = openTokenInspector({
    trainerPath: library.home,
    env: { PATH: process.env["PATH"] },
    pythonFor: async () => ({ pythonPath: python.pythonPath }),
    findDataset: (id) => library.library.findReady(id),
    findModel: async () => ({ ...MODEL, path: library.home }),
    copyRows: (id, rows, folder) => library.library.copyRows(id, rows, folder),
  });
  const rows = ["zero", "not JSON", "one 😀", "two"].map((text) =>
    text === "not JSON" ? text : JSON.stringify({ text }),
  );
  ({ id: datasetId } = await library.import(library.file("rows.jsonl", rows.join("\n"))));
});
afterEach(async () => {
  await inspector.close();
  python.remove();
  await library.close();
});

const inspect = async (rows: number[], maxSequenceTokens = 2048) =>
  inspector.requests["datasets.inspectTokens"](
    { datasetId, modelId: MODEL.id, rows, maxSequenceTokens, longRows: "truncate" },
    "browser",
  );

test("rows are those of the preview, in the order asked for", async () => {
  const inspection = await inspect([2, 1]);
  expect(inspection).toMatchObject({ datasetId, modelId: "tiny", template: "chatml" });
  expect(inspection.rows.map(({ row, text }) => [row, text])).toEqual([
    [2, '{"text":"two"}'],
    [1, '{"text":"one 😀"}'],
  ]);
  const [, smiling] = inspection.rows;
  expect(smiling?.tokens.some(({ start, end }) => smiling.text.slice(start, end) === "😀")).toBe(
    true,
  );
});

test("what was asked once is remembered until settings or the tokenizer change", async () => {
  await Promise.all([inspect([0]), inspect([0])]);
  await inspect([0]);
  expect(python.calls()).toHaveLength(1);
  const shorter = await inspect([0], 8);
  expect(shorter.rows[0]).toMatchObject({ outcome: "truncated", tokenCount: 15 });
  expect(python.calls()).toHaveLength(2);
  writeFileSync(join(library.home, "tokenizer_config.json"), "{}");
  await inspect([0]);
  expect(python.calls()).toHaveLength(3);
});

test("a row that is not there is not found, and nothing is started for it", async () => {
  await expect(inspect([3])).rejects.toMatchObject({
    kind: "not_found",
    message: expect.stringContaining("3 rows"),
  });
  expect(python.calls()).toEqual([]);
});

test("a failure says why, and is not remembered", async () => {
  python.behave("error");
  await expect(inspect([0])).rejects.toMatchObject({
    message: "The cable is torn. Mend it.",
    details: { reason: "torn", remedy: "Mend it." },
  });
  python.behave("crash");
  await expect(inspect([0])).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringContaining("ImportError: no module named torch"),
  });
  python.behave("well");
  expect((await inspect([0])).rows).toHaveLength(1);
});

test("closing ends what waits", async () => {
  const asked = [inspect([0]), inspect([1])];
  const ends = Promise.allSettled(asked);
  await inspector.close();
  for (const end of await ends) {
    expect(end).toMatchObject({ status: "rejected" });
    expect((end as PromiseRejectedResult).reason.kind).toMatch(/cancelled|unavailable/);
  }
  await expect(inspect([2])).rejects.toMatchObject({ kind: "unavailable" });
});
