import { useEffect, useState } from "react";
import { useDeskStore } from "../core/desk.tsx";
import type { DeskState } from "../core/desk-store.ts";
import { valueOr } from "../core/loadable.ts";
import { bytesPerSecond, withSample } from "./byte-rate.ts";
import type { ByteSample } from "./byte-rate.ts";

/** The speed of a transfer or an import, in bytes per second; null until it can be told. */
export function useByteRate(id: string): number | null {
  const store = useDeskStore();
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    let samples: readonly ByteSample[] = [];
    return store.subscribe((state) => {
      const bytes = bytesSoFar(state, id);
      if (bytes === null || bytes === samples.at(-1)?.bytes) return;
      samples = withSample(samples, { atMs: performance.now(), bytes });
      setRate(bytesPerSecond(samples));
    });
  }, [store, id]);
  return rate;
}

function bytesSoFar(state: DeskState, id: string): number | null {
  const transfer = state.transfers.find((other) => other.id === id);
  if (transfer !== undefined) return transfer.bytesSent;
  const dataset = valueOr(state.datasets, []).find((other) => other.id === id);
  return dataset?.status === "importing" ? dataset.progress.bytesRead : null;
}
