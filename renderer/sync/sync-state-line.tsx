import { StatusLabel } from "../controls/status-label.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { SIGN_ICONS } from "./sync-icons.ts";
import { SIGN_TONES, lastSyncedWords, stateSign, syncWords } from "./sync-words.ts";

const CLOCK_MS = 1_000;

/** What syncing is at, and when it last went through. */
export function SyncStateLine() {
  const status = useDesk((state) => valueOr(state.syncStatus, null));
  const now = useNow(CLOCK_MS);
  if (status === null) return null;
  const sign = stateSign(status);
  const last = lastSyncedWords(status, now);
  return (
    <>
      <StatusLabel tone={SIGN_TONES[sign]} icon={SIGN_ICONS[sign]} text={syncWords(status, now)} />
      {last !== null && <span>{last}</span>}
    </>
  );
}
