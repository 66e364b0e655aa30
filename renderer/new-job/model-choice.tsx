import { Link } from "@tanstack/react-router";
import type { BaseModel } from "../../shared/contract/models.ts";
import { Note } from "../controls/note.tsx";
import { formatBytes } from "../format/bytes.ts";
import { formatCompact } from "../format/numbers.ts";
import { readyModels } from "../models/models-slice.ts";
import { ChoiceList } from "../controls/choice-list.tsx";

type ModelChoiceProps = {
  readonly models: readonly BaseModel[];
  readonly value: string | null;
  readonly onChange: (id: string) => void;
};

export function ModelChoice({ models, value, onChange }: ModelChoiceProps) {
  const ready = readyModels(models);
  if (ready.length === 0) {
    return (
      <Note tone="info" title="No usable base model yet">
        <Link to="/models">Find or make one</Link>: models in the Hugging Face cache and in your own
        folders are found by themselves, and a tiny one can be made in a minute.
      </Note>
    );
  }
  return (
    <ChoiceList
      label="Base model"
      value={value}
      onChange={onChange}
      choices={ready.map(({ id, name, path, details }) => ({
        value: id,
        title: name,
        detail: `${details.architecture}, ${path}`,
        facts: [
          `${formatCompact(details.parameters)} parameters`,
          `${formatBytes(details.weightBytes)} ${details.dtype}`,
        ],
      }))}
    />
  );
}
