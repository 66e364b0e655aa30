import { ServerFault } from "../../electron/sync/team-server.ts";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const PROJECT_URL = "https://project.example.org";

/** The project's sessions: which tokens are good, and who holds one. */
export class SignIns {
  faultShare = 0;
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #users = new Map<string, string>();
  readonly #ended = new Set<string>();
  #serial = 0;

  constructor(time: VirtualTime, random: SeededRandom) {
    this.#time = time;
    this.#random = random;
  }

  userOf(token: string): string | null {
    return this.#users.get(token) ?? null;
  }

  /** As after an hour, or when the project's keys are rotated. */
  expireTokens(): void {
    this.#users.clear();
  }

  /** The user must sign in again. */
  endSession(name: string): void {
    this.#ended.add(name);
  }

  signInAgain(name: string): void {
    this.#ended.delete(name);
  }

  /** @param userId - Whose session it is at each moment. */
  sessionFor(name: string, userId: () => string): TeamSession {
    let token = "";
    const issue = () => {
      this.#serial += 1;
      token = `token-${this.#serial}`;
      this.#users.set(token, userId());
    };
    return {
      projectUrl: PROJECT_URL,
      anonKey: "publishable-key",
      get userId() {
        return userId();
      },
      accessToken: async (signal, refused) => {
        const isStale = token === "" || token === refused || this.#users.get(token) !== userId();
        // A token that has run out is not known to have until the server says so.
        if (!isStale || (token !== "" && refused === undefined && !this.#users.has(token))) {
          return token;
        }
        await this.#time.sleep(this.#random.upTo(300), signal);
        if (this.#ended.has(name)) throw new ServerFault("unauthorised", "The session has ended.");
        if (this.#random.share() < this.faultShare) {
          throw new ServerFault("unreachable", "The session's server cannot be reached.");
        }
        issue();
        return token;
      },
    };
  }
}
