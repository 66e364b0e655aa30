import {
  type Caller,
  type Handlers,
  type Method,
  procedures,
} from "../../shared/contract/contract.ts";
import type { CoreMethod } from "../core-parts.ts";
import type { WorkspaceSwitch } from "./workspace-switch.ts";

type WorkspaceHandlers = Handlers<Exclude<Method, CoreMethod>>;
type AnyHandler = (params: unknown, caller: Caller) => unknown;

/** What the open workspace answers, whichever that is when a request comes. */
export function workspaceHandlers(workspaces: WorkspaceSwitch): WorkspaceHandlers {
  const handlers: Record<string, AnyHandler> = {};
  for (const method of Object.keys(procedures)) {
    handlers[method] = (params, caller) =>
      workspaces.use(({ parts }) => {
        const handler = (parts.handlers as Record<string, AnyHandler>)[method];
        return handler?.(params, caller);
      });
  }
  return handlers as unknown as WorkspaceHandlers;
}
