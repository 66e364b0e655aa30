import { Share } from "lucide-react";
import { useState } from "react";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import styles from "./adapter-exports.module.css";
import { ExportDialog } from "./export-dialog.tsx";
import { ExportItem } from "./export-item.tsx";
import { useExports } from "./use-exports.ts";

type AdapterExportsProps = { readonly job: Job; readonly artifact: Artifact };

/** What an adapter has been turned into, and the way to turn it into more. */
export function AdapterExports({ job, artifact }: AdapterExportsProps) {
  const exports = useExports(artifact.id);
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <Section
      title="Exports"
      aside={
        <Button icon={Share} onClick={() => setIsChoosing(true)}>
          Export…
        </Button>
      }
    >
      {exports.state === "loading" && <Skeleton label="exports" rows={2} />}
      {exports.state === "failed" && (
        <Note tone="bad" title="The exports could not be listed">
          {exports.error.message}
        </Note>
      )}
      {exports.state === "ready" && exports.value.length === 0 && (
        <p className={styles.none}>
          As a full model, for llama.cpp, Ollama or vLLM: each is checked by loading what was
          written.
        </p>
      )}
      {exports.state === "ready" && exports.value.length > 0 && (
        <ol className={styles.exports}>
          {exports.value.map((one, index) => (
            <li key={one.id}>
              <ExportItem one={one} isNewest={index === 0} />
            </li>
          ))}
        </ol>
      )}
      <ExportDialog
        job={job}
        artifact={artifact}
        isOpen={isChoosing}
        onClose={() => setIsChoosing(false)}
      />
    </Section>
  );
}
