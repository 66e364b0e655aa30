import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { Button } from "../controls/button.tsx";
import table from "../controls/table.module.css";
import type { Action } from "../core/use-action.ts";
import type { UnusableModel } from "./model-groups.ts";
import { ModelName } from "./model-name.tsx";
import styles from "./unusable-table.module.css";

type UnusableTableProps = {
  readonly models: readonly UnusableModel[];
  readonly createTiny: Action<[]>;
};

/** What was found but cannot be trained on, each with the reason and what to do. */
export function UnusableTable({ models, createTiny }: UnusableTableProps) {
  return (
    <table
      className={`${table.table} ${table.inset} ${styles.unusable}`}
      aria-label="Models that cannot be used"
    >
      <thead>
        <tr>
          <th scope="col" className={styles.nameColumn}>
            Name
          </th>
          <th scope="col">Reason</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.id}>
            <td className={table.ellipsis}>
              <ModelName model={model} />
            </td>
            <td className={styles.reason}>{model.failure.message}</td>
            <td>
              <div className={styles.actions}>
                {model.failure.kind === "environment" && <Link to="/settings">Settings</Link>}
                {model.origin === "tiny" && (
                  <Button
                    size="small"
                    icon={RotateCcw}
                    isBusy={createTiny.isRunning}
                    onClick={createTiny.run}
                  >
                    Make it again
                  </Button>
                )}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
