import { FileUp, FlaskConical } from "lucide-react";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { Button } from "../controls/button.tsx";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { ROW_EXAMPLES } from "./row-examples.ts";
import styles from "./import-guide.module.css";
import type { ImportDataset } from "./use-import-dataset.ts";

type ImportGuideProps = {
  readonly importing: ImportDataset;
  /** Nothing has been imported yet. */
  readonly isFirst: boolean;
};

/** Where to drop a file, and what it may hold. */
export function ImportGuide({ importing, isFirst }: ImportGuideProps) {
  const hasAccount = useDesk((state) => activeAccount(state) !== null);
  return (
    <div className={styles.guide}>
      <div className={styles.zone}>
        <FileUp size={22} strokeWidth={1.5} className={styles.icon} aria-hidden />
        <h2 className={styles.title}>
          {isFirst ? "Import your first dataset" : "Import another dataset, or choose one"}
        </h2>
        <p className={styles.text}>
          Drop a .jsonl, .json or .txt file anywhere on this window. It is checked row by row, and
          rows that cannot be used are listed with their reason.{" "}
          {hasAccount
            ? "You choose whether it then goes to your project."
            : "Nothing leaves this machine."}
        </p>
        <div className={styles.actions}>
          <Button icon={FileUp} onClick={importing.choose}>
            Choose file
          </Button>
          <Button look="quiet" icon={FlaskConical} onClick={importing.takeSample}>
            Import the sample
          </Button>
        </div>
      </div>
      <Section title="What a row may look like">
        <dl className={styles.examples}>
          {ROW_EXAMPLES.map(({ name, row }) => (
            <div key={name} className={styles.example}>
              <dt>{name}</dt>
              <dd>
                <code>{row}</code>
              </dd>
            </div>
          ))}
        </dl>
        <p className={styles.hint}>
          One row on each line of a .jsonl file, or an array of rows in a .json file. In a .txt file
          a row is a block of text between blank lines. The format is recognised by itself.
        </p>
      </Section>
    </div>
  );
}
