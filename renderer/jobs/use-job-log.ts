import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "../core/desk.tsx";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { followLog } from "./follow-log.ts";
import type { LogFollower } from "./follow-log.ts";
import type { LogLines } from "./log-lines.ts";

type JobLog = {
  readonly log: Loadable<LogLines>;
  readonly loadEarlier: () => Promise<void>;
};

/** The log of a run, growing as the run writes. */
export function useJobLog(id: string): JobLog {
  const client = useClient();
  const follower = useRef<LogFollower | null>(null);
  const [held, setHeld] = useState<{ id: string; log: Loadable<LogLines> }>({ id, log: LOADING });

  useEffect(() => {
    const following = followLog(client, id, (log) => setHeld({ id, log }));
    follower.current = following;
    return () => following.stop();
  }, [client, id]);

  const loadEarlier = useCallback(async () => follower.current?.loadEarlier(), []);
  return { log: held.id === id ? held.log : LOADING, loadEarlier };
}
