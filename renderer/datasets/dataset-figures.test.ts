import { describe, expect, it } from "vitest";
import type { DatasetStatistics } from "../../shared/contract/datasets.ts";
import { datasetFigures } from "./dataset-figures.ts";

const clean: DatasetStatistics = {
  rows: 7473,
  rejected: 0,
  duplicates: 0,
  turns: 14_946,
  characters: 4_035_420,
  longestRowCharacters: 5321,
};

function valuesOf(statistics: DatasetStatistics): Record<string, string> {
  return Object.fromEntries(
    datasetFigures(statistics).map(({ name, value, detail }) => [
      name,
      detail === undefined ? value : `${value} ${detail}`,
    ]),
  );
}

describe("datasetFigures", () => {
  it("gives means per row, and how far the longest row is from them", () => {
    expect(valuesOf(clean)).toEqual({
      Rows: "7,473",
      "Left out": "0",
      Duplicates: "0",
      "Turns per row": "2",
      "Characters per row": "540 up to 5.32k",
    });
  });

  it("takes the share of what was left out from all rows of the file", () => {
    const values = valuesOf({ ...clean, rows: 95, rejected: 5, duplicates: 19, turns: 237 });
    expect(values["Left out"]).toBe("5 5.0\u202f%");
    expect(values["Duplicates"]).toBe("19 20\u202f%");
    expect(values["Turns per row"]).toBe("2.5");
  });

  it("does not round a single fault down to nothing", () => {
    expect(valuesOf({ ...clean, rejected: 1 })["Left out"]).toBe("1 < 0.1\u202f%");
  });
});
