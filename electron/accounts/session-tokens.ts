import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "../jobs/atomic-file.ts";
import type { SecretBox } from "./secret-box.ts";

export const tokensSchema = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  /** How long the access token is good for from when it was issued. */
  expiresInS: z.number().positive(),
});
export type Tokens = z.infer<typeof tokensSchema>;

const fileSchema = z.object({
  /** `keychain`: encrypted by the desktop app, which alone can open it. */
  kind: z.enum(["keychain", "plain"]),
  /** Base64. */
  data: z.string(),
});

/** Where a session's tokens are kept: a file that its owner alone may read, sealed where possible. */
export interface TokenFile {
  /** Null where there are none, or none that this process can open. */
  read(): Tokens | null;
  write(tokens: Tokens): Promise<void>;
  remove(): Promise<void>;
}

export function openTokenFile(
  path: string,
  box: SecretBox | null,
  log: (message: string, details?: Record<string, unknown>) => void,
): TokenFile {
  return {
    read: () => {
      try {
        const { kind, data } = fileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
        const bytes = Buffer.from(data, "base64");
        if (kind === "plain") return tokensSchema.parse(JSON.parse(bytes.toString("utf8")));
        if (box !== null) return tokensSchema.parse(JSON.parse(box.open(bytes)));
        log("A session is sealed in the keychain, which only the desktop app can open", { path });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        // What went wrong may quote what was read: only its kind is told.
        log("A session cannot be read", { path, error: error instanceof Error ? error.name : "" });
      }
      return null;
    },
    write: async (tokens) => {
      const text = JSON.stringify(tokens);
      const file =
        box === null
          ? { kind: "plain", data: Buffer.from(text).toString("base64") }
          : { kind: "keychain", data: box.seal(text).toString("base64") };
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomically(path, JSON.stringify(file));
    },
    remove: () => rm(path, { force: true }),
  };
}
