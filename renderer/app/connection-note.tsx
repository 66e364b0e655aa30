import { Unplug } from "lucide-react";
import type { ConnectionState } from "../transport/window-client.ts";
import styles from "./connection-note.module.css";

type ConnectionNoteProps = { readonly connection: ConnectionState };

/** Said only when the core cannot be reached; what is on the page stays, and may be out of date. */
export function ConnectionNote({ connection }: ConnectionNoteProps) {
  return (
    <output aria-label="Connection">
      {connection.state === "reconnecting" && (
        <span className={styles.note}>
          <Unplug size={14} aria-hidden />
          <span>
            <strong>The core does not answer.</strong> Trying again by itself. Runs go on without
            it; what you see may be out of date.
          </span>
        </span>
      )}
    </output>
  );
}
