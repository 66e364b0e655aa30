import { Outlet } from "@tanstack/react-router";
import { Fragment } from "react";
import { useConnection, useDesk } from "../core/desk.tsx";
import { useTheme } from "../settings/use-theme.ts";
import { ConnectionNote } from "./connection-note.tsx";
import styles from "./frame.module.css";
import { Rail } from "./rail.tsx";
import { UnauthorisedPage } from "./unauthorised-page.tsx";

/** What surrounds every view: the rail at the left and, when it matters, the connection's state. */
export function Frame() {
  useTheme();
  const connection = useConnection();
  const openedFiles = useDesk((state) => state.openedFiles);
  if (connection.state === "unauthorised") return <UnauthorisedPage />;
  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={focusContent}>
        Skip to content
      </button>
      <Rail />
      <div className={styles.view}>
        <ConnectionNote connection={connection} />
        {/* Another account's file: every view begins anew and asks for what it shows. */}
        <Fragment key={openedFiles}>
          <Outlet />
        </Fragment>
      </div>
    </div>
  );
}

/** Not a link to #content: the address after # belongs to the router. */
function focusContent(): void {
  document.getElementById("content")?.focus();
}
