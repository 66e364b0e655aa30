import { FolderOpen } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { CodeBlock } from "../controls/code-block.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import styles from "./llama-cpp-section.module.css";
import { useLlamaCpp } from "./use-llama-cpp.ts";

/** Its converters write GGUF, for exports to llama.cpp and Ollama. */
export function LlamaCppSection() {
  const path = useDesk((state) => valueOr(state.settings, null)?.llamaCppPath ?? null);
  const { choose, forget } = useLlamaCpp();
  return (
    <Section title="llama.cpp">
      <div className={styles.parts}>
        <p className={styles.words}>
          To export adapters as GGUF and to Ollama, LoRA Desk runs the converters that come with
          llama.cpp&apos;s source. Clone it, and say where it lies.
        </p>
        {path !== null && <code className={styles.path}>{path}</code>}
        {choose === null ? (
          <CodeBlock label="Command to choose llama.cpp" text={COMMAND} />
        ) : (
          choose.error !== null && (
            <Note tone="bad" title="This folder will not do">
              {choose.error.message}
            </Note>
          )
        )}
        {(choose !== null || path !== null) && (
          <div className={styles.buttons}>
            {choose !== null && (
              <Button icon={FolderOpen} onClick={choose.run} isBusy={choose.isRunning}>
                {path === null ? "Choose the folder…" : "Choose another folder…"}
              </Button>
            )}
            {path !== null && (
              <Button look="quiet" onClick={forget.run} isBusy={forget.isRunning}>
                Forget it
              </Button>
            )}
          </div>
        )}
      </div>
    </Section>
  );
}

/** Naming a folder whose scripts are run is for a person at a terminal, not for a page. */
const COMMAND = "npx lora-desk env llama-cpp PATH";
