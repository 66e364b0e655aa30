import { AppError } from "../../shared/app-error.ts";

/** Something of the core's that may not have arrived yet. */
export type Loadable<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: AppError }
  | { readonly state: "ready"; readonly value: T };

export const LOADING: { readonly state: "loading" } = { state: "loading" };

export function ready<T>(value: T): Loadable<T> {
  return { state: "ready", value };
}

export function failed(error: unknown): { readonly state: "failed"; readonly error: AppError } {
  return { state: "failed", error: asAppError(error) };
}

/** The value, or the fallback as long as there is none. */
export function valueOr<T, F>(loadable: Loadable<T>, fallback: F): T | F {
  return loadable.state === "ready" ? loadable.value : fallback;
}

/** What is caught need not be an AppError: whatever else it is was not meant to happen. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("internal", "The window failed at this. Reload it and try again.", {
    cause: error,
  });
}
