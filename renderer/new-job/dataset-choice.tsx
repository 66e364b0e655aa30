import { Link } from "@tanstack/react-router";
import type { Dataset, DatasetFormat } from "../../shared/contract/datasets.ts";
import { Note } from "../controls/note.tsx";
import { readyDatasets } from "../datasets/datasets-slice.ts";
import { formatBytes } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";
import { ChoiceList } from "../controls/choice-list.tsx";

const FORMATS: Readonly<Record<DatasetFormat, string>> = {
  messages: "conversations (messages)",
  sharegpt: "conversations (ShareGPT)",
  alpaca: "instructions (Alpaca)",
  prompt_completion: "prompts and completions",
  question_answer: "questions and answers",
  text: "plain text",
};

type DatasetChoiceProps = {
  readonly datasets: readonly Dataset[];
  readonly value: string | null;
  readonly onChange: (id: string) => void;
};

export function DatasetChoice({ datasets, value, onChange }: DatasetChoiceProps) {
  const ready = readyDatasets(datasets);
  const importing = datasets.filter(({ status }) => status === "importing").length;
  if (ready.length === 0) {
    return (
      <Note tone="info" title={importing > 0 ? "The import is still running" : "No dataset yet"}>
        {importing > 0 ? (
          "The dataset can be chosen here as soon as it is ready."
        ) : (
          <>
            <Link to="/datasets">Import a dataset</Link> first: JSON Lines, JSON or plain text.
          </>
        )}
      </Note>
    );
  }
  return (
    <ChoiceList
      label="Dataset"
      value={value}
      onChange={onChange}
      choices={ready.map(({ id, name, format, statistics, fileSizeBytes }) => ({
        value: id,
        title: name,
        detail: FORMATS[format],
        facts: [formatCountOf(statistics.rows, "row"), formatBytes(fileSizeBytes)],
      }))}
    />
  );
}
