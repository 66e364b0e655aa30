import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { CodeBlock } from "../controls/code-block.tsx";
import { CopyButton } from "../controls/copy-button.tsx";
import { Figures } from "../controls/figures.tsx";
import type { Figure } from "../controls/figures.tsx";
import { Section } from "../controls/section.tsx";
import tableStyles from "../controls/table.module.css";
import { AdapterExports } from "../exports/adapter-exports.tsx";
import { formatBytes } from "../format/bytes.ts";
import { formatCount, formatLoss, formatTokensPerSecond } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";
import { AdapterUpload } from "../transfers/adapter-upload.tsx";
import styles from "./adapter-details.module.css";
import { isDownloaded } from "./jobs-slice.ts";
import { pythonToLoad } from "./python-to-load.ts";
import { TabBody } from "./tab-body.tsx";

const MODEL_CARD = "README.md";

type AdapterDetailsProps = { readonly job: Job; readonly artifact: Artifact };

/** Where an adapter lies, how good it is, what it consists of and how to use it. */
export function AdapterDetails({ job, artifact }: AdapterDetailsProps) {
  const { path, files } = artifact;
  // Where its folder is on this machine nobody knows; from_pretrained takes names as well.
  const base = isDownloaded(job) ? job.baseModel.name : job.baseModel.path;
  const hasCard = files.some(({ name }) => name === MODEL_CARD);
  return (
    <TabBody width="measure">
      <Section title="Adapter">
        <div className={styles.path}>
          <code>{path}</code>
          <CopyButton label="Copy path of the adapter" text={path} />
        </div>
        <div className={styles.figures}>
          <Figures label="Figures of the adapter" figures={qualityFigures(artifact)} />
        </div>
      </Section>
      {!isDownloaded(job) && <AdapterUpload artifact={artifact} />}
      <AdapterExports job={job} artifact={artifact} />
      <Section title="Load it in Python">
        <CodeBlock label="Python code" text={pythonToLoad(base, path)} />
      </Section>
      <Section title="Files">
        <table
          className={`${tableStyles.table} ${tableStyles.inset}`}
          aria-label="Files of the adapter"
        >
          <thead>
            <tr>
              <th>Name</th>
              <th className={tableStyles.number}>Size</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.name}>
                <td>
                  <code>{file.name}</code>
                </td>
                <td className={tableStyles.number}>{formatBytes(file.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {hasCard && (
          <p className={styles.hint}>
            <code>{MODEL_CARD}</code> is the model card: it names the base model, the dataset and
            the settings. Publish it with the adapter.
          </p>
        )}
      </Section>
    </TabBody>
  );
}

/** What the figures of the job above do not say already. */
function qualityFigures({ quality, files }: Artifact): readonly Figure[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    { name: "Size", value: formatBytes(bytes) },
    { name: "Steps", value: formatCount(quality.steps) },
    { name: "Training time", value: formatDuration(quality.seconds) },
    { name: "Mean speed", value: formatTokensPerSecond(quality.tokensPerSecond) },
    ...(quality.adapterStep === null ? [] : [weightsFigure(quality, quality.adapterStep)]),
  ];
}

function weightsFigure(quality: Artifact["quality"], step: number): Figure {
  return {
    name: "Weights of",
    value: `step ${formatCount(step)}`,
    detail: step === quality.bestStep ? `best, loss ${formatLoss(quality.bestLoss)}` : "the last",
  };
}
