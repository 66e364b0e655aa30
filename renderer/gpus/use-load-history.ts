import { useEffect, useState } from "react";
import { useDeskStore } from "../core/desk.tsx";
import { withReading } from "./load-history.ts";
import type { LoadHistory } from "./load-history.ts";

/** Collects readings for as long as the view is open. */
export function useLoadHistory(): LoadHistory {
  const store = useDeskStore();
  const [history, setHistory] = useState<LoadHistory>(() => {
    const { gpuReport } = store.getState();
    return gpuReport.state === "ready" ? withReading(new Map(), gpuReport.value) : new Map();
  });
  useEffect(
    () =>
      store.subscribe(({ gpuReport }, before) => {
        if (gpuReport.state !== "ready" || gpuReport === before.gpuReport) return;
        setHistory((earlier) => withReading(earlier, gpuReport.value));
      }),
    [store],
  );
  return history;
}
