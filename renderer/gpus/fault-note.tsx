import type { GpuFault } from "../../shared/contract/gpus.ts";
import { Note } from "../controls/note.tsx";
import { formatCountOf } from "../format/numbers.ts";
import { formatDateTime } from "../format/time.ts";

type FaultNoteProps = {
  /** Newest first, at least one. */
  readonly faults: readonly [GpuFault, ...GpuFault[]];
};

/** The newest error that the driver has logged of a GPU, and what to do. */
export function FaultNote({ faults }: FaultNoteProps) {
  const [{ at, xid, title, advice, canRetryHelp, pci, uuid, processName, pid }, ...older] = faults;
  const facts = [
    `Xid ${xid}`,
    formatDateTime(at),
    uuid === null ? `PCI ${pci}` : null,
    pid === null ? null : `${processName ?? "a program"}, PID ${pid}`,
    older.length === 0 ? null : `${formatCountOf(older.length, "earlier error")} within a day`,
  ].filter((fact) => fact !== null);
  return (
    <Note tone={canRetryHelp ? "warning" : "bad"} title={title}>
      <p>{advice}</p>
      <p>{facts.join(" · ")}</p>
    </Note>
  );
}
