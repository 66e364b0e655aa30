import { useEffect, useMemo, useState } from "react";
import { useClient, useConnectionCount } from "../core/desk.tsx";
import { LOADING, failed, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { joinBuildLog } from "./build-log-lines.ts";

type Heard = {
  /** What the text belongs to: of another occasion nothing is kept. */
  readonly occasion: string;
  readonly text: string;
  readonly written: Loadable<string>;
};

/** The lines of the last build's log, live. `build` names the build: another one starts anew. */
export function useBuildLog(build: string): Loadable<readonly string[]> {
  const client = useClient();
  const connections = useConnectionCount();
  const occasion = `${connections} ${build}`;
  const [kept, setKept] = useState<Heard>({ occasion: "", text: "", written: LOADING });

  useEffect(() => {
    if (connections === 0) return;
    const change = (update: (present: Heard) => Heard): void =>
      setKept((present) =>
        update(present.occasion === occasion ? present : { occasion, text: "", written: LOADING }),
      );
    let isCurrent = true;
    const receive = (written: Loadable<string>): void => {
      if (isCurrent) change((present) => ({ ...present, written }));
    };
    const end = client.subscribe("environment.output", ({ text }) =>
      change((present) => ({ ...present, text: present.text + text })),
    );
    client.request("environment.log", {}).then(
      ({ text }) => receive(ready(text)),
      (error: unknown) => receive(failed(error)),
    );
    return () => {
      isCurrent = false;
      end();
    };
  }, [client, connections, occasion]);

  return useMemo(() => {
    if (kept.occasion !== occasion || kept.written.state === "loading") return LOADING;
    if (kept.written.state === "failed") return kept.written;
    return ready(joinBuildLog(kept.written.value, kept.text));
  }, [kept, occasion]);
}
