import type { ServerFault } from "./team-server.ts";

const MOST_FAILURES = 3;

/**
 * Tells what fails by itself from a project or a network that fails: it was alone in its request,
 * several times, and each time an empty request went through right after it.
 */
export class LoneFailures {
  readonly #counts = new Map<string, number>();

  /**
   * After a failure of a request that had only this in it.
   *
   * @param probe - Makes the empty request.
   * @returns whether it is to be set aside, so that what is behind it goes on.
   */
  async isHopeless(key: string, fault: ServerFault, probe: () => Promise<unknown>) {
    if (!fault.isOfRequest) return false;
    try {
      await probe();
    } catch {
      return false;
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count < MOST_FAILURES) this.#counts.set(key, count);
    else this.#counts.delete(key);
    return count >= MOST_FAILURES;
  }

  forget(key: string): void {
    this.#counts.delete(key);
  }
}

/** What a fault says of a change that was set aside for it. */
export function describeLoneFailure(fault: ServerFault): string {
  return `${fault.message}, ${MOST_FAILURES} times, while the project answered other requests`;
}
