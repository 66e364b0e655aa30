import { AppError } from "../../shared/app-error.ts";
import type { CoreClient, Result } from "../../shared/contract/contract.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";

/** The contract's client inside the core's own process. */
export function createLocalClient(dispatch: Dispatch, hub: Hub): CoreClient {
  return {
    request: async (method, params) => {
      const outcome = await dispatch(method, params, "local");
      if (!outcome.ok) throw AppError.fromFailure(outcome.error);
      return outcome.result as Result<typeof method>;
    },
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
  };
}
