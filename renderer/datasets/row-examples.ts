import type { DatasetFormat } from "../../shared/contract/datasets.ts";
import { FORMAT_NAMES } from "./dataset-words.ts";

const ROWS: Readonly<Record<DatasetFormat, string>> = {
  messages:
    '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}',
  sharegpt: '{"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}',
  alpaca: '{"instruction": "…", "input": "…", "output": "…"}',
  prompt_completion: '{"prompt": "…", "completion": "…"}',
  question_answer: '{"question": "…", "answer": "…"}',
  text: '{"text": "…"}',
};

/** One row of every format that can be imported. */
export const ROW_EXAMPLES = Object.entries(ROWS).map(([format, row]) => ({
  name: FORMAT_NAMES[format as DatasetFormat],
  row,
}));
