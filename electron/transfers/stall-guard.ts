/** Aborts what has not moved for a while, so that a connection that is dead without saying so ends. */
export interface StallGuard {
  readonly signal: AbortSignal;
  /** It has moved. */
  touch(): void;
  end(): void;
}

export function stallGuard(outer: AbortSignal, stallMs: number): StallGuard {
  const stalled = new AbortController();
  const expire = () => stalled.abort(new Error(`nothing moved for ${stallMs / 1000} s`));
  let timer = setTimeout(expire, stallMs);
  return {
    signal: AbortSignal.any([outer, stalled.signal]),
    touch() {
      clearTimeout(timer);
      timer = setTimeout(expire, stallMs);
    },
    end: () => clearTimeout(timer),
  };
}
