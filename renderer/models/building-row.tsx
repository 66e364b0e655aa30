import { ProgressBar } from "../controls/progress-bar.tsx";
import table from "../controls/table.module.css";
import { formatShare } from "../format/numbers.ts";
import styles from "./building-row.module.css";
import type { BuildingModel } from "./model-groups.ts";
import { ModelName } from "./model-name.tsx";

type BuildingRowProps = { readonly model: BuildingModel };

/** A model that is being made: how far that is, where the others have their figures. */
export function BuildingRow({ model }: BuildingRowProps) {
  const { message, share } = model.progress;
  return (
    <tr>
      <td className={table.ellipsis}>
        <ModelName model={model} />
      </td>
      <td colSpan={7}>
        <div className={styles.progress}>
          <ProgressBar label={`Making ${model.name}`} share={share} tone="running" />
          <span className={styles.share}>{formatShare(share)}</span>
        </div>
        <div className={styles.message}>{message}</div>
      </td>
    </tr>
  );
}
