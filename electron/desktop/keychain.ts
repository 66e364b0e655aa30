import type { SecretBox } from "../accounts/secret-box.ts";

/** What is needed of Electron's safeStorage. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** Linux only: which keyring holds the key. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}

/**
 * The system's keychain, to be asked for when the app is ready. Null where there is none: Electron
 * would "encrypt" with a password that stands in its source, which only looks like protection.
 */
export function openKeychain(
  safeStorage: SafeStorage,
  log: (message: string, details: Record<string, unknown>) => void,
): SecretBox | null {
  const backend = process.platform === "linux" ? safeStorage.getSelectedStorageBackend?.() : "";
  const isReal = safeStorage.isEncryptionAvailable() && backend !== "basic_text";
  if (!isReal) {
    log("No keychain is at hand: sessions are kept in files that their owner alone may read", {
      backend: backend ?? "unknown",
    });
    return null;
  }
  return {
    seal: (text) => safeStorage.encryptString(text),
    open: (sealed) => safeStorage.decryptString(sealed),
  };
}
