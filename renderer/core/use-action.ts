import { useCallback, useRef, useState } from "react";
import type { AppError } from "../../shared/app-error.ts";
import { asAppError } from "./loadable.ts";

export type Action<A extends readonly unknown[]> = {
  readonly run: (...args: A) => void;
  readonly isRunning: boolean;
  readonly error: AppError | null;
  readonly clearError: () => void;
};

/**
 * Something a person sets off that the core carries out. While it runs it cannot be set off again;
 * `onError` replaces keeping the error for the view to show.
 */
export function useAction<A extends readonly unknown[]>(
  act: (...args: A) => Promise<unknown>,
  onError?: (error: AppError) => void,
): Action<A> {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const isBusy = useRef(false);

  const carryOut = async (args: A): Promise<void> => {
    isBusy.current = true;
    setIsRunning(true);
    setError(null);
    try {
      await act(...args);
    } catch (reason) {
      const failure = asAppError(reason);
      if (failure.kind !== "cancelled") {
        if (onError === undefined) setError(failure);
        else onError(failure);
      }
    }
    isBusy.current = false;
    setIsRunning(false);
  };
  const run = (...args: A): void => {
    if (!isBusy.current) void carryOut(args);
  };
  const clearError = useCallback(() => setError(null), []);
  return { run, isRunning, error, clearError };
}
