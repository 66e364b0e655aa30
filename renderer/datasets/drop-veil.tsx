import { FileUp } from "lucide-react";
import styles from "./drop-veil.module.css";

/** Lies over the window while files are held over it. */
export function DropVeil() {
  return (
    <div className={styles.veil}>
      <p className={styles.words}>
        <FileUp size={18} aria-hidden />
        Drop to import as a dataset
      </p>
    </div>
  );
}
