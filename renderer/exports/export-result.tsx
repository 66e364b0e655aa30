import { CircleCheck, Info } from "lucide-react";
import type { Export } from "../../shared/contract/exports.ts";
import { CodeBlock } from "../controls/code-block.tsx";
import { CopyButton } from "../controls/copy-button.tsx";
import styles from "./export-result.module.css";
import { exportTitle, filesWords } from "./export-words.ts";

type ExportResultProps = { readonly one: Extract<Export, { state: "done" }> };

/** Where it lies, what was verified of it, and what to type next. */
export function ExportResult({ one }: ExportResultProps) {
  const { path, files, checks, notes, command } = one;
  const title = exportTitle(one);
  return (
    <div className={styles.result}>
      <div className={styles.path}>
        <code>{path}</code>
        <CopyButton label={`Copy path of ${title}`} text={path} />
        {files.length > 0 && <span className={styles.files}>{filesWords(files)}</span>}
      </div>
      {checks.length > 0 && (
        <ul className={styles.sentences} aria-label="What was checked">
          {checks.map((check) => (
            <li key={check}>
              <CircleCheck size={13} className={styles.checked} aria-hidden />
              <span>{check}</span>
            </li>
          ))}
        </ul>
      )}
      {notes.length > 0 && (
        <ul className={styles.sentences} aria-label="Good to know">
          {notes.map((note) => (
            <li key={note}>
              <Info size={13} className={styles.noted} aria-hidden />
              <span>{note}</span>
            </li>
          ))}
        </ul>
      )}
      {command !== null && <CodeBlock label={`Command for ${title}`} text={command} isWrapped />}
    </div>
  );
}
