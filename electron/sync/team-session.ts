/** The signed-in user of the open account. Tokens do not leave the core. */
export interface TeamSession {
  readonly projectUrl: string;
  readonly anonKey: string;
  readonly userId: string;
  /**
   * A token that is good for the next request, refreshed where it is about to end.
   *
   * @param refused - A token that the server has just refused: another one is fetched.
   * @throws ServerFault `unauthorised` when the session has ended, `unreachable` when it cannot be known.
   */
  accessToken(signal: AbortSignal, refused?: string): Promise<string>;
}
