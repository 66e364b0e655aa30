import { ChevronDown, ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { Export } from "../../shared/contract/exports.ts";
import { IconButton } from "../controls/icon-button.tsx";
import { formatDateTime } from "../format/time.ts";
import { ExportBody } from "./export-body.tsx";
import styles from "./export-item.module.css";
import { isUnderWay } from "./export-list.ts";
import { ExportStateLabel } from "./export-state-label.tsx";
import { exportTitle } from "./export-words.ts";

type ExportItemProps = { readonly one: Export; readonly isNewest: boolean };

/** One export; those of earlier are closed until they are asked for. */
export function ExportItem({ one, isNewest }: ExportItemProps) {
  const id = useId();
  const [isUnfolded, setIsUnfolded] = useState<boolean | null>(null);
  const isOpen = isUnfolded ?? (isNewest || isUnderWay(one));
  const hasBody = one.state !== "cancelled";
  return (
    <article className={styles.item} aria-label={`${exportTitle(one)} ${one.name}`}>
      <header className={styles.header}>
        <h3 className={styles.title}>{exportTitle(one)}</h3>
        <span className={styles.name}>{one.name}</span>
        <ExportStateLabel state={one.state} />
        <time className={styles.time} dateTime={one.createdAt}>
          {formatDateTime(one.createdAt)}
        </time>
        {hasBody && !isUnderWay(one) && (
          <IconButton
            label={isOpen ? "Close" : "Details"}
            icon={isOpen ? ChevronDown : ChevronRight}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setIsUnfolded(!isOpen)}
          />
        )}
      </header>
      <div id={id} hidden={!isOpen || !hasBody}>
        {isOpen && <ExportBody one={one} />}
      </div>
    </article>
  );
}
