import { Link } from "@tanstack/react-router";
import { useDesk } from "../core/desk.tsx";
import { SIGN_ICONS } from "./sync-icons.ts";
import styles from "./sync-indicator.module.css";
import { SIGN_TONES, shortSyncWords, syncSign } from "./sync-words.ts";

/** How syncing stands, in sight from everywhere; quiet as long as nobody has to do anything. */
export function SyncIndicator() {
  const sign = useDesk(({ syncStatus }) =>
    syncStatus.state === "ready" ? syncSign(syncStatus.value) : null,
  );
  const words = useDesk(({ syncStatus }) =>
    syncStatus.state === "ready" ? shortSyncWords(syncStatus.value) : "",
  );
  if (sign === null) return null;
  const Icon = SIGN_ICONS[sign];
  return (
    <Link to="/sync" className={styles.indicator}>
      <Icon size={13} aria-hidden className={styles[SIGN_TONES[sign]]} />
      <span className={styles.words}>{words}</span>
    </Link>
  );
}
