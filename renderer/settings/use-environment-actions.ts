import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

export type EnvironmentActions = {
  readonly check: Action<[]>;
  readonly build: Action<[isFresh: boolean]>;
  readonly cancel: Action<[]>;
};

/** What a person can do with the environment. The new state arrives by `environment.changed`. */
export function useEnvironmentActions(): EnvironmentActions {
  const client = useClient();
  const notify = useNotify();
  const check = useAction(() => client.request("environment.check", {}), notify.failed);
  const build = useAction(
    (isFresh: boolean) => client.request("environment.build", { isFresh }),
    notify.failed,
  );
  const cancel = useAction(() => client.request("environment.cancelBuild", {}), notify.failed);
  return { check, build, cancel };
}
