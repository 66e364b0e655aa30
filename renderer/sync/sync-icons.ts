import {
  CircleAlert,
  CirclePause,
  CloudCheck,
  CloudOff,
  CloudSync,
  CloudAlert,
  KeyRound,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { SyncSign } from "./sync-words.ts";

export const SIGN_ICONS: Readonly<Record<SyncSign, LucideIcon>> = {
  off: CloudOff,
  good: CloudCheck,
  moving: CloudSync,
  waiting: CloudAlert,
  paused: CirclePause,
  signed_out: KeyRound,
  bad: CircleAlert,
};
