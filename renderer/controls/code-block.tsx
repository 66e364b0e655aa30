import styles from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";
import { ScrollRegion } from "./scroll-region.tsx";

type CodeBlockProps = {
  readonly label: string;
  readonly text: string;
  /** Long lines are broken instead of scrolled. */
  readonly isWrapped?: boolean;
};

/** Text to be read exactly, and copied. */
export function CodeBlock({ label, text, isWrapped = false }: CodeBlockProps) {
  return (
    <div className={styles.block}>
      <ScrollRegion label={label} className={styles.scroller}>
        <pre className={`${styles.text} ${isWrapped ? styles.wrapped : ""}`}>{text}</pre>
      </ScrollRegion>
      <div className={styles.copy}>
        <CopyButton label={`Copy ${label.toLowerCase()}`} text={text} />
      </div>
    </div>
  );
}
