import type { CoreClient } from "../../shared/contract/contract.ts";

/*
 *   connecting → connected ⇄ reconnecting
 *        └──────────┴────────────┴→ unauthorised      (the browser has no valid cookie)
 */
export type ConnectionState =
  | { readonly state: "connecting" }
  | { readonly state: "connected" }
  | { readonly state: "reconnecting"; readonly attempt: number }
  | { readonly state: "unauthorised" };

export type PickedFile = { readonly fileId: string; readonly name: string };

export type FileTransfer = {
  readonly signal: AbortSignal;
  /** Called with the file as soon as it is known, then as its bytes are on their way. */
  readonly onProgress: (progress: UploadProgress) => void;
};

export type UploadProgress = {
  readonly name: string;
  readonly bytesSent: number;
  readonly bytesTotal: number;
};

/** What the window needs of the core, whichever transport carries it. */
export interface WindowClient extends CoreClient {
  getConnection(): ConnectionState;
  /** Called after every change of the connection. Returns the function that stops listening. */
  onConnection(listener: () => void): () => void;
  /** Only the desktop window has a dialog for folders. */
  readonly canChooseFolders: boolean;
  /** Lets a person choose a file; null when they chose none. */
  pickFile(transfer: FileTransfer): Promise<PickedFile | null>;
  /** Takes a file that was dropped on the window. */
  takeFile(file: File, transfer: FileTransfer): Promise<PickedFile>;
  close(): void;
}
