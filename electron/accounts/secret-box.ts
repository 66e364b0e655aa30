/** Encrypts with a key that the system's keychain holds. */
export interface SecretBox {
  seal(text: string): Buffer;
  /** @throws when it was sealed with another key, or the keychain is locked. */
  open(sealed: Buffer): string;
}
