import { describe, expect, it } from "vitest";
import { changedValues, changeFields, fieldText, readField, readValues } from "./change-fields.ts";

const values = {
  name: "minutes",
  status: "ready",
  file_size_bytes: 120,
  total_tokens: null,
  training_ready: true,
  storage_path: null,
  deleted_at: null,
  sample_data: [{ a: 1 }],
};
const fields = changeFields("datasets", values);
const field = (column: string) => {
  const found = fields.find((one) => one.column === column);
  if (found === undefined) throw new Error(`No field ${column}`);
  return found;
};

describe("the form for a refused change", () => {
  it("has a control for every column that suits what may stand there", () => {
    expect(fields.map(({ column, kind }) => [column, kind])).toEqual([
      ["name", "text"],
      ["status", "choice"],
      ["file_size_bytes", "number"],
      ["total_tokens", "number"],
      ["training_ready", "choice"],
      ["storage_path", "text"],
      ["deleted_at", "text"],
      ["sample_data", "json"],
    ]);
    expect(field("status").options).toEqual(["importing", "ready", "rejected"]);
    expect(changeFields("training_jobs", { desired_state: null })[0]?.options).toEqual([
      "",
      "running",
      "stopped",
    ]);
  });

  it("gives back what it was given, where nothing is changed", () => {
    for (const one of fields) {
      const value = values[one.column as keyof typeof values];
      expect(readField("datasets", one, fieldText(one, value), undefined)).toEqual({ value });
    }
  });

  it("says what is wrong with a value, and sends none of those", () => {
    expect(readField("datasets", field("file_size_bytes"), "many", undefined)).toHaveProperty(
      "problem",
    );
    expect(readField("datasets", field("file_size_bytes"), "-1", undefined)).toHaveProperty(
      "problem",
    );
    expect(readField("datasets", field("file_size_bytes"), "", undefined)).toHaveProperty(
      "problem",
    );
    expect(readField("datasets", field("deleted_at"), "yesterday", undefined)).toHaveProperty(
      "problem",
    );
    expect(readField("datasets", field("sample_data"), "[{", undefined)).toEqual({
      problem: "This is not JSON.",
    });
    expect(readField("datasets", field("training_ready"), "false", undefined)).toEqual({
      value: false,
    });
    const progress = changeFields("training_jobs", { progress: 1.2 })[0];
    if (progress === undefined) throw new Error("No field");
    expect(readField("training_jobs", progress, "1.2", undefined)).toHaveProperty("problem");
    expect(readField("training_jobs", progress, "0.5", 1.2)).toEqual({ value: 0.5 });
  });

  it("sends only what was changed, and leaves to the project what was not", () => {
    expect(changedValues(values, { ...values, name: "hours" })).toEqual({ name: "hours" });
    expect(changedValues(values, { ...values, sample_data: [{ a: 1 }] })).toEqual({});
    expect(readField("datasets", field("name"), "7", "7")).toEqual({ value: "7" });
    const odd = { ...values, status: "lost" };
    expect(readField("datasets", field("status"), "lost", "lost")).toEqual({ value: "lost" });
    expect(readValues("datasets", JSON.stringify(odd), odd)).toEqual({ values: odd });
  });

  it("takes all values as JSON, but no column that the table lacks", () => {
    expect(readValues("datasets", JSON.stringify(values), {})).toEqual({ values });
    expect(readValues("datasets", '{"name":"x"}', {})).toEqual({ values: { name: "x" } });
    expect(readValues("datasets", '{"colour":"red"}', {})).toEqual({
      problem: "datasets has no column colour.",
    });
    expect(readValues("datasets", '{"status":"lost"}', {})).toHaveProperty("problem");
    expect(readValues("datasets", "[1]", {})).toHaveProperty("problem");
    expect(readValues("datasets", "{", {})).toHaveProperty("problem");
  });
});
