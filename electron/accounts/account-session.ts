import { ServerFault } from "../sync/team-server.ts";
import type { TeamSession } from "../sync/team-session.ts";
import type { ProjectAuth } from "./project-auth.ts";
import type { TokenFile, Tokens } from "./session-tokens.ts";

export interface AccountSessionOptions {
  projectUrl: string;
  userId: string;
  /** The project's key as it was last signed in with. */
  anonKey: () => string;
  auth: () => ProjectAuth;
  file: TokenFile;
  /** Of a clock that is never set, in ms; it may stand still while the machine sleeps. */
  monotonicMs: () => number;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** The session has ended, or a new one has begun. */
  onChanged: () => void;
}

/** A token this near its end is exchanged before it is used; of a short one, its last tenth. */
const MARGIN_S = 60;

interface Held {
  tokens: Tokens;
  /** On the monotonic clock; null after a restart: then only the server knows its age. */
  receivedAtMs: number | null;
  /** Whether the file has them, too. */
  isSaved: boolean;
}

/**
 * The tokens of one account.
 *
 *   signed in ──refused for good──▶ signed out ──accept──▶ signed in
 *       └────────signOut────────────────▲
 *
 * The wall clock is not asked: a token is good until the server refuses it, or until its time has
 * passed on the monotonic clock since it was received. At most one refresh is under way, and it is
 * not given up with the request that asked for it: its answer may hold the only token that is good
 * for the next one. New tokens are on the disk before anyone gets them.
 */
export class AccountSession implements TeamSession {
  readonly projectUrl: string;
  readonly userId: string;
  readonly #options: AccountSessionOptions;
  #held: Held | null;
  #refreshing: Promise<void> | null = null;
  /** Counts sign-ins and sign-outs, so that a refresh that comes late changes nothing. */
  #epoch = 0;
  /** The last turn at the file. */
  #file: Promise<void> = Promise.resolve();

  constructor(options: AccountSessionOptions) {
    this.#options = options;
    this.projectUrl = options.projectUrl;
    this.userId = options.userId;
    const tokens = options.file.read();
    this.#held = tokens === null ? null : { tokens, receivedAtMs: null, isSaved: true };
  }

  get anonKey(): string {
    return this.#options.anonKey();
  }

  get isSignedIn(): boolean {
    return this.#held !== null;
  }

  async accessToken(signal: AbortSignal, refused?: string): Promise<string> {
    signal.throwIfAborted();
    const held = this.#require();
    const isRefused = refused !== undefined && refused === held.tokens.accessToken;
    if (isRefused || this.#lifeLeftS(held) <= 0) {
      await unlessAborted(this.#refresh(), signal);
    } else if (this.#lifeLeftS(held) <= marginS(held.tokens)) {
      // Good for a little longer: where no other can be had now, let it be tried.
      await unlessAborted(this.#refresh(), signal).catch((error: unknown) => {
        if (!(error instanceof ServerFault) || error.kind === "unauthorised") throw error;
      });
    } else if (!held.isSaved) {
      await this.#save(held);
    }
    return this.#require().tokens.accessToken;
  }

  /** Takes the tokens of a sign-in. */
  async accept(tokens: Tokens): Promise<void> {
    this.#epoch += 1;
    await this.#hold(tokens);
    this.#options.onChanged();
  }

  /** Ends the session here and, if the server can be reached, there. */
  async signOut(): Promise<void> {
    const held = this.#held;
    await this.#end();
    if (held === null) return;
    await this.#options
      .auth()
      .signOut(held.tokens.accessToken)
      .catch(() => this.#options.log("The session could not be ended at the server"));
  }

  #require(): Held {
    if (this.#held !== null) return this.#held;
    throw new ServerFault(
      "unauthorised",
      `The session at ${this.projectUrl} has ended. Sign in again; what waits to be sent stays here.`,
    );
  }

  #lifeLeftS({ tokens, receivedAtMs }: Held): number {
    if (receivedAtMs === null) return Infinity;
    return tokens.expiresInS - (this.#options.monotonicMs() - receivedAtMs) / 1000;
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #exchange(): Promise<void> {
    const epoch = this.#epoch;
    let tokens: Tokens;
    try {
      tokens = await this.#options.auth().refresh(this.#require().tokens.refreshToken);
    } catch (error) {
      const isOver = error instanceof ServerFault && error.kind === "unauthorised";
      // 401 says that the key is refused, not the session: that stays for when the key is mended.
      if (isOver && error.status !== 401 && epoch === this.#epoch) await this.#end();
      throw error;
    }
    if (epoch === this.#epoch) await this.#hold(tokens);
  }

  async #hold(tokens: Tokens): Promise<void> {
    const held: Held = { tokens, receivedAtMs: this.#options.monotonicMs(), isSaved: false };
    this.#held = held;
    await this.#save(held);
  }

  /** Where the disk is full the tokens still work; the next request tries to save them again. */
  async #save(held: Held): Promise<void> {
    try {
      await this.#inTurn(async () => {
        // Ended or replaced while it waited: what is on the disk is not put back.
        if (this.#held !== held) return;
        await this.#options.file.write(held.tokens);
        held.isSaved = true;
      });
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      this.#options.log("A session could not be saved", { code });
    }
  }

  async #end(): Promise<void> {
    this.#epoch += 1;
    this.#held = null;
    try {
      await this.#inTurn(() => this.#options.file.remove());
    } finally {
      this.#options.onChanged();
    }
  }

  /** The file is written and removed by one at a time, in the order in which that was asked for. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#file.then(work);
    this.#file = turn.catch(() => undefined);
    return turn;
  }
}

function marginS({ expiresInS }: Tokens): number {
  return Math.min(MARGIN_S, expiresInS / 10);
}

/** The work goes on when its asker gives up. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
