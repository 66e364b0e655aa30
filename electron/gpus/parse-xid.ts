import { pciAddress } from "./pci-address.ts";

export interface Xid {
  /** "0000:3b:00". */
  pci: string;
  xid: number;
  pid: number | null;
  processName: string | null;
  /** What follows the number, without the process. */
  text: string;
}

const MOST_CHARACTERS = 500;

/**
 * Reads a line of the kernel's log such as
 * `NVRM: Xid (PCI:0000:01:00): 79, pid=1234, name=python, GPU has fallen off the bus.`
 * Older drivers leave out `PCI:`, the process, or both; with MIG the instance stands behind the
 * address (`PCI:0000:01:00 GPU-I:05`).
 *
 * @returns null for every other line.
 */
export function parseXid(message: string): Xid | null {
  const match =
    /NVRM: Xid \((?:PCI:)?([\da-f:.]+)(?: [^)]{0,40})?\):? (\d{1,4})(?:, ?(.*))?$/i.exec(
      message.trimEnd(),
    );
  const pci = pciAddress(match?.[1]);
  if (match === null || pci === null) return null;
  let rest = match[3] ?? "";
  const pid = /^pid=(?:'([^']*)'|([^,]*))(?:, ?|$)/i.exec(rest);
  if (pid !== null) rest = rest.slice(pid[0].length);
  const name = /^name=(?:'([^']*)'|([^,]*))(?:, ?|$)/i.exec(rest);
  if (name !== null) rest = rest.slice(name[0].length);
  return {
    pci,
    xid: Number(match[2]),
    pid: positive(pid?.[1] ?? pid?.[2]),
    processName: known(name?.[1] ?? name?.[2]),
    text: rest.trim().slice(0, MOST_CHARACTERS),
  };
}

function positive(text: string | undefined): number | null {
  const value = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : null;
}

/** The driver writes `<unknown>` for a process that is gone. */
function known(text: string | undefined): string | null {
  return text === undefined || text === "" || text.startsWith("<") ? null : text;
}
