import { readFileSync } from "node:fs";
import type { GpuFault } from "../../shared/contract/gpus.ts";
import type { KernelLine } from "./kernel-line.ts";
import { followKernelLog } from "./kernel-log.ts";
import { parseXid } from "./parse-xid.ts";
import { meaningOfXid } from "./xid-table.ts";

const MOST_FAULTS = 200;

export interface GpuFaultWatchOptions {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  now: () => Date;
  uuidAt: (pci: string) => string | null;
  /** A fault that has happened since this was opened, once. */
  onFault: (fault: GpuFault) => void;
  log: (message: string, details?: Record<string, unknown>) => void;
  kernelLogPath?: string;
}

/** Keeps the Xid errors of this boot, as far as the kernel's log can be read. */
export class GpuFaultWatch {
  readonly #options: GpuFaultWatchOptions;
  readonly #bootId = readBootId();
  readonly #openedAtUs = monotonicUs();
  readonly #faults = new Map<string, GpuFault>();
  #newestUs = 0;
  #log: { close(): void } | null = null;

  constructor(options: GpuFaultWatchOptions) {
    this.#options = options;
  }

  /** Starting again reads again what was written meanwhile; nothing is told twice. */
  start(): void {
    const { env, platform, kernelLogPath } = this.#options;
    this.#log ??= followKernelLog({
      env,
      platform,
      onLine: (line) => this.#take(line),
      ...(kernelLogPath === undefined ? {} : { messagesPath: kernelLogPath }),
    });
  }

  stop(): void {
    this.#log?.close();
    this.#log = null;
  }

  /** Newest first. A GPU that was not known when its fault was read may be by now. */
  list(): GpuFault[] {
    return [...this.#faults.values()]
      .map((fault) => ({ ...fault, uuid: fault.uuid ?? this.#options.uuidAt(fault.pci) }))
      .toReversed();
  }

  #take({ message, monotonicUs: stampUs }: KernelLine): void {
    const found = parseXid(message);
    if (found === null) return;
    const id = `${this.#bootId}/${stampUs}/${found.pci}/${found.xid}`;
    if (stampUs < this.#newestUs || this.#faults.has(id)) return;
    this.#newestUs = stampUs;
    const { now, uuidAt, onFault, log } = this.#options;
    const agoMs = Math.max(0, (monotonicUs() - stampUs) / 1000);
    const fault: GpuFault = {
      id,
      at: new Date(now().getTime() - agoMs).toISOString(),
      uuid: uuidAt(found.pci),
      ...found,
      ...meaningOfXid(found.xid),
    };
    this.#faults.set(id, fault);
    const oldest = this.#faults.keys().next().value;
    if (this.#faults.size > MOST_FAULTS && oldest !== undefined) this.#faults.delete(oldest);
    if (stampUs < this.#openedAtUs) return;
    try {
      onFault(fault);
    } catch (error) {
      log("A GPU fault was not taken in", { error: String(error) });
    }
  }
}

/** On Linux Node's clock is the kernel's own: time since the computer started, without sleep. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown boot";
  }
}
