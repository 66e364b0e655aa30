import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CloudDownload,
  CloudUpload,
  ShieldCheck,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import type { Tone } from "../controls/status-label.tsx";
import { stateWords } from "./transfer-words.ts";

const LOOKS: Readonly<
  Record<Exclude<Transfer["state"], "moving">, { readonly icon: LucideIcon; readonly tone: Tone }>
> = {
  waiting: { icon: CircleDashed, tone: "neutral" },
  verifying: { icon: ShieldCheck, tone: "running" },
  done: { icon: CircleCheck, tone: "good" },
  paused: { icon: CirclePause, tone: "neutral" },
  failed: { icon: CircleAlert, tone: "bad" },
};

type TransferStateLabelProps = { readonly transfer: Transfer };

export function TransferStateLabel({ transfer }: TransferStateLabelProps) {
  const { state, direction } = transfer;
  const text = stateWords(transfer);
  if (state === "moving") {
    const icon = direction === "upload" ? CloudUpload : CloudDownload;
    return <StatusLabel tone="running" icon={icon} text={text} />;
  }
  return <StatusLabel tone={LOOKS[state].tone} icon={LOOKS[state].icon} text={text} />;
}
