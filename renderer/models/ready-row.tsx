import { Link } from "@tanstack/react-router";
import { Check, Minus } from "lucide-react";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { buttonClass } from "../controls/button.tsx";
import { CopyButton } from "../controls/copy-button.tsx";
import { StatusLabel } from "../controls/status-label.tsx";
import table from "../controls/table.module.css";
import { formatBytes } from "../format/bytes.ts";
import { UNKNOWN, formatCompact, formatCount } from "../format/numbers.ts";
import { ModelName } from "./model-name.tsx";
import { describeShape } from "./model-words.ts";
import styles from "./ready-row.module.css";

type ReadyRowProps = { readonly model: ReadyModel };

export function ReadyRow({ model }: ReadyRowProps) {
  const { details } = model;
  return (
    <tr>
      <td className={table.ellipsis}>
        <ModelName model={model} />
      </td>
      <td className={styles.two}>
        <div>{details.architecture}</div>
        <div className={styles.detail}>{describeShape(details)}</div>
      </td>
      <td className={table.number}>{formatCompact(details.parameters)}</td>
      <td className={table.number}>
        <div>{formatBytes(details.weightBytes)}</div>
        <div className={styles.detail}>{details.dtype}</div>
      </td>
      <td className={table.number}>
        {details.contextTokens === null ? UNKNOWN : `${formatCount(details.contextTokens)} tokens`}
      </td>
      <td>
        <Presence isThere={details.hasTokenizer} />
      </td>
      <td>
        <Presence isThere={details.hasChatTemplate} />
      </td>
      <td>
        <div className={styles.actions}>
          <CopyButton label={`Copy path of ${model.name}`} text={model.path} />
          <Link
            to="/jobs/new"
            search={{ model: model.id }}
            className={buttonClass({ size: "small" })}
            aria-label={`Train on ${model.name}`}
          >
            Train
          </Link>
        </div>
      </td>
    </tr>
  );
}

type PresenceProps = { readonly isThere: boolean };

function Presence({ isThere }: PresenceProps) {
  return isThere ? (
    <StatusLabel tone="good" icon={Check} text="Yes" />
  ) : (
    <StatusLabel tone="neutral" icon={Minus} text="No" />
  );
}
