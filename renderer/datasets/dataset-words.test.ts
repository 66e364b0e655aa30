import { expect, it } from "vitest";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { describeDatasets } from "./dataset-words.ts";

const of = (status: Dataset["status"]) => ({ status }) as Dataset;

it("describeDatasets names only the states that there are", () => {
  expect(describeDatasets([])).toBe("No datasets on this computer yet");
  expect(describeDatasets([of("ready")])).toBe("1 dataset");
  expect(describeDatasets([of("ready"), of("importing"), of("rejected"), of("rejected")])).toBe(
    "4 datasets, 1 importing, 2 rejected",
  );
});
