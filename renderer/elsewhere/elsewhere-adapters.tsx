import { Section } from "../controls/section.tsx";
import { formatBytes } from "../format/bytes.ts";
import { formatLoss } from "../format/numbers.ts";
import { TransferControl } from "../transfers/transfer-control.tsx";
import { DeleteElsewhereButton } from "./delete-elsewhere-button.tsx";
import styles from "./elsewhere-adapters.module.css";
import { artifactsOf } from "./elsewhere-facts.ts";
import type { Elsewhere, ElsewhereArtifact, ElsewhereJob } from "./elsewhere-slice.ts";

type ElsewhereAdaptersProps = {
  readonly elsewhere: Elsewhere;
  readonly job: ElsewhereJob;
  readonly isOwn: boolean;
};

/** What a job of another machine has made, to be brought here. */
export function ElsewhereAdapters({ elsewhere, job, isOwn }: ElsewhereAdaptersProps) {
  const artifacts = artifactsOf(elsewhere, job.id);
  if (artifacts.length === 0) return null;
  return (
    <Section title={artifacts.length === 1 ? "Adapter" : "Adapters"}>
      <ul className={styles.list}>
        {artifacts.map((artifact) => (
          <li key={artifact.id} className={styles.adapter}>
            <span className={styles.words}>
              <span className={styles.name}>{artifact.name}</span>
              <span className={styles.detail}>{adapterWords(artifact)}</span>
            </span>
            {artifact.storage_path === null ? (
              <span className={styles.detail}>Not uploaded by its workstation yet</span>
            ) : (
              <TransferControl
                direction="download"
                table="model_artifacts"
                rowId={artifact.id}
                name={artifact.name}
              />
            )}
            {isOwn && (
              <DeleteElsewhereButton
                table="model_artifacts"
                id={artifact.id}
                name={artifact.name}
                workstation={job.workstation}
              />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function adapterWords({ version, files, quality_metrics }: ElsewhereArtifact): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const loss = quality_metrics["last_loss"] ?? null;
  const parts = [`version ${version}`, formatBytes(bytes)];
  if (loss !== null) parts.push(`loss ${formatLoss(loss)}`);
  return parts.join(" · ");
}
