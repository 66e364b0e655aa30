import { KeyRound } from "lucide-react";
import { EmptyState } from "../controls/empty-state.tsx";
import styles from "./unauthorised-page.module.css";

/** The browser has no cookie of this core, or an old one. */
export function UnauthorisedPage() {
  return (
    <main className={styles.page}>
      <title>Not signed in · LoRA Desk</title>
      <EmptyState icon={KeyRound} title="This browser is not signed in to LoRA Desk">
        <p>
          Open the link that <code>npm run serve</code> prints in the terminal. It holds a token
          that works once and signs this browser in. If it has been used already, run{" "}
          <code>npm run serve</code> again for a fresh one.
        </p>
      </EmptyState>
    </main>
  );
}
