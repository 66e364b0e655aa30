import { CircleAlert, CircleCheck } from "lucide-react";
import { StatusLabel } from "../controls/status-label.tsx";
import tableStyles from "../controls/table.module.css";
import type { Trial } from "./use-hooks.ts";

type TrialResultProps = { readonly trial: Trial };

export function TrialResult({ trial }: TrialResultProps) {
  return (
    <table
      className={`${tableStyles.table} ${tableStyles.inset}`}
      aria-label="Answers to the trial"
    >
      <tbody>
        {trial.map(({ hook, isDelivered, message }) => (
          <tr key={hook}>
            <td>{hook}</td>
            <td>
              <StatusLabel
                tone={isDelivered ? "good" : "bad"}
                icon={isDelivered ? CircleCheck : CircleAlert}
                text={isDelivered ? "Delivered" : "Not delivered"}
              />
            </td>
            <td className={tableStyles.muted}>{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
