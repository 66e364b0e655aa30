import { useEffect, useState } from "react";
import type { Method, Params, Result } from "../../shared/contract/contract.ts";
import { useClient, useConnectionCount } from "./desk.tsx";
import { LOADING, failed, ready } from "./loadable.ts";
import type { Loadable } from "./loadable.ts";

/**
 * Asks the core for something a view shows. Asked again when the parameters, the `revision` or the
 * connection change; the former answer stays as long as the parameters are the same.
 * Null parameters ask for nothing.
 */
export function useRequest<M extends Method>(
  method: M,
  params: Params<M> | null,
  revision = 0,
): Loadable<Result<M>> {
  const client = useClient();
  const connections = useConnectionCount();
  const asked = params === null ? null : JSON.stringify(params);
  // One text that changes with either reason to ask anew.
  const occasion = connections === 0 ? null : `${connections} ${revision}`;
  const [answer, setAnswer] = useState<{ asked: string | null; got: Loadable<Result<M>> }>({
    asked: null,
    got: LOADING,
  });

  useEffect(() => {
    if (asked === null || occasion === null) return;
    let isCurrent = true;
    const receive = (got: Loadable<Result<M>>): void => {
      if (isCurrent) setAnswer({ asked, got });
    };
    client.request(method, JSON.parse(asked) as Params<M>).then(
      (value) => receive(ready(value)),
      (error: unknown) => receive(failed(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, method, asked, occasion]);

  return asked !== null && answer.asked === asked ? answer.got : LOADING;
}
