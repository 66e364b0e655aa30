import { Ban, CircleAlert, CircleCheck, Clock, LoaderCircle } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ExportState } from "../../shared/contract/exports.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import type { Tone } from "../controls/status-label.tsx";

const LOOKS: Readonly<
  Record<ExportState, { readonly tone: Tone; readonly icon: LucideIcon; readonly text: string }>
> = {
  queued: { tone: "neutral", icon: Clock, text: "Queued" },
  running: { tone: "running", icon: LoaderCircle, text: "Running" },
  done: { tone: "good", icon: CircleCheck, text: "Done" },
  failed: { tone: "bad", icon: CircleAlert, text: "Failed" },
  cancelled: { tone: "neutral", icon: Ban, text: "Cancelled" },
};

type ExportStateLabelProps = { readonly state: ExportState };

export function ExportStateLabel({ state }: ExportStateLabelProps) {
  return <StatusLabel {...LOOKS[state]} />;
}
