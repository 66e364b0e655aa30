import type { Publish } from "../../shared/contract/contract.ts";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { RateMeter } from "./rate-meter.ts";
import type { TransferRecord } from "./transfer-record.ts";
import type { TransferStore } from "./transfer-store.ts";

/** Four times a second is as often as anyone can look. */
const INTERVAL_MS = 250;

interface Live {
  state: "moving" | "verifying";
  meter: RateMeter;
  /** Safe, and on their way beyond that. */
  safe: number;
  onTheWay: number;
  publishedAt: number;
  /** Tells what came too soon after what was told last. */
  timer: NodeJS.Timeout | null;
}

/** What transfers look like at this moment; tells of changes at once and of bytes now and then. */
export class TransferNews {
  readonly #store: TransferStore;
  readonly #publish: Publish;
  readonly #clock: () => number;
  readonly #live = new Map<string, Live>();

  /** @param clock in milliseconds; it must not jump. */
  constructor(store: TransferStore, publish: Publish, clock: () => number) {
    this.#store = store;
    this.#publish = publish;
    this.#clock = clock;
  }

  list(): Transfer[] {
    return this.#store.list().map((record) => this.of(record));
  }

  of(record: TransferRecord): Transfer {
    const live = this.#live.get(record.id);
    const { id, direction, table, rowId, fileName, bytesTotal, error, state } = record;
    const shown = state === "cancelled" ? "paused" : state;
    return {
      id,
      direction,
      table,
      rowId,
      fileName,
      state: live?.state ?? shown,
      bytesDone: Math.min(bytesTotal, live ? live.safe + live.onTheWay : record.bytesDone),
      bytesTotal,
      bytesPerSecond: live === undefined ? null : live.meter.bytesPerSecond(),
      error,
    };
  }

  begin(id: string, state: Live["state"], safe: number): void {
    const meter = new RateMeter(this.#clock);
    this.#forget(id);
    this.#live.set(id, { state, meter, safe, onTheWay: 0, publishedAt: 0, timer: null });
    this.changed(id);
  }

  end(id: string): void {
    this.#forget(id);
    this.changed(id);
  }

  /** So many are safe now; those on the way are among them, or lost. */
  reached(id: string, bytes: number): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.safe = bytes;
    live.onTheWay = 0;
    this.#tellNowAndThen(id, live);
  }

  moved(id: string, bytes: number, isSafe: boolean): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.meter.add(bytes);
    if (!isSafe) live.onTheWay += bytes;
    this.#tellNowAndThen(id, live);
  }

  changed(id: string): void {
    const record = this.#store.find(id);
    if (record === null || record.state === "cancelled") return;
    const live = this.#live.get(id);
    if (live !== undefined) live.publishedAt = this.#clock();
    this.#publish("transfers.changed", this.of(record), id);
  }

  removed(id: string): void {
    this.#forget(id);
    this.#publish("transfers.removed", { id }, id);
  }

  #tellNowAndThen(id: string, live: Live): void {
    if (live.timer !== null) return;
    const ms = live.publishedAt + INTERVAL_MS - this.#clock();
    if (ms <= 0) return this.changed(id);
    live.timer = setTimeout(() => {
      live.timer = null;
      this.changed(id);
    }, ms);
    live.timer.unref();
  }

  #forget(id: string): void {
    const timer = this.#live.get(id)?.timer;
    if (timer) clearTimeout(timer);
    this.#live.delete(id);
  }
}
