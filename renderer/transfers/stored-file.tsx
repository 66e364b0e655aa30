import type { Transfer } from "../../shared/contract/transfers.ts";
import styles from "./stored-file.module.css";
import { TransferControl } from "./transfer-control.tsx";

type StoredFileProps = {
  readonly table: Transfer["table"];
  readonly rowId: string;
  readonly name: string;
};

/** How the files of a row of this machine stand to the project's storage. */
export function StoredFile({ table, rowId, name }: StoredFileProps) {
  return (
    <div className={styles.stored}>
      <p className={styles.label}>
        {table === "datasets" ? "Rows in the project’s storage" : "Files in the project’s storage"}
      </p>
      <TransferControl direction="upload" table={table} rowId={rowId} name={name} />
    </div>
  );
}
