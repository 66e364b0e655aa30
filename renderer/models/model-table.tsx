import table from "../controls/table.module.css";
import { BuildingRow } from "./building-row.tsx";
import type { ModelGroups } from "./model-groups.ts";
import styles from "./model-table.module.css";
import { ReadyRow } from "./ready-row.tsx";

type ModelTableProps = { readonly models: ModelGroups["usable"] };

export function ModelTable({ models }: ModelTableProps) {
  return (
    <table className={`${table.table} ${styles.models}`} aria-label="Base models">
      <thead>
        <tr>
          <th scope="col" className={styles.nameColumn}>
            Name
          </th>
          <th scope="col">Architecture</th>
          <th scope="col" className={table.number}>
            Parameters
          </th>
          <th scope="col" className={table.number}>
            Size
          </th>
          <th scope="col" className={table.number}>
            Context
          </th>
          <th scope="col">Tokenizer</th>
          <th scope="col">Chat template</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) =>
          model.status === "ready" ? (
            <ReadyRow key={model.id} model={model} />
          ) : (
            <BuildingRow key={model.id} model={model} />
          ),
        )}
      </tbody>
    </table>
  );
}
