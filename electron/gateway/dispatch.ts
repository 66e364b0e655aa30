import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import {
  type Caller,
  type Handlers,
  type Method,
  procedures,
} from "../../shared/contract/contract.ts";
import type { Failure } from "../../shared/contract/errors.ts";

export type Outcome = { ok: true; result: unknown } | { ok: false; error: Failure };
export type Dispatch = (method: string, params: unknown, caller: Caller) => Promise<Outcome>;

/** What makes the core run a program or read a path by name is not for windows to ask. */
const LOCAL_ONLY: ReadonlySet<Method> = new Set(["environment.use"]);

/**
 * The one way into the core: the request is parsed with the contract's schema, the caller is
 * checked, the handler runs, and whatever happens becomes a value. Never rejects.
 */
export function createDispatch(
  handlers: Handlers,
  log: (message: string, details: Record<string, unknown>) => void,
): Dispatch {
  return async (method, params, caller) => {
    if (!isMethod(method)) {
      return failed(new AppError("not_found", `There is no request called “${method}”.`));
    }
    const parsed = procedures[method].input.safeParse(params);
    if (!parsed.success) {
      return failed(
        new AppError("invalid_input", `${method}: ${z.prettifyError(parsed.error)}`, {
          details: { issues: parsed.error.issues.map(({ path, message }) => ({ path, message })) },
        }),
      );
    }
    if (!isAllowed(method, parsed.data, caller)) {
      return failed(
        new AppError(
          "forbidden",
          `${method} with a path may only be asked on this machine's command line (npx lora-desk).`,
        ),
      );
    }
    try {
      const handler = handlers[method] as (params: unknown, caller: Caller) => unknown;
      return { ok: true, result: await handler(parsed.data, caller) };
    } catch (error) {
      if (error instanceof AppError) return failed(error);
      log("A request failed unexpectedly", { method, error: describe(error) });
      return failed(
        new AppError(
          "internal",
          `LoRA Desk failed at ${method}. The details are in its log (core.log in the data folder).`,
        ),
      );
    }
  };
}

function isMethod(method: string): method is Method {
  return Object.hasOwn(procedures, method);
}

/** Where the parameters of a request may name a path to read, to write, or to run something from. */
interface NamedPaths {
  source?: { kind?: string };
  targetPath?: string;
  llamaCppPath?: string | null;
}

/** A command is run at every notice: the desktop shell asks the person, then passes it on as local. */
function namesCommand(method: Method, params: unknown): boolean {
  return method === "notices.setHooks" && (params as { command?: unknown }).command !== null;
}

function isAllowed(method: Method, params: unknown, caller: Caller): boolean {
  if (caller === "local") return true;
  if (LOCAL_ONLY.has(method)) return false;
  // A browser may send back the command that is set already; its handler sees to that.
  if (caller === "desktop" && namesCommand(method, params)) return false;
  const { source, targetPath, llamaCppPath } = params as NamedPaths;
  return source?.kind !== "path" && targetPath === undefined && typeof llamaCppPath !== "string";
}

function failed(error: AppError): Outcome {
  return { ok: false, error: error.toFailure() };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
