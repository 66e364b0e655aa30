import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { SessionMemory } from "./access.ts";

const schema = z.array(z.string().length(64));

/** Keeps digests of session cookies, so that an open page goes on after the core restarts. */
export function sessionFile(path: string): SessionMemory {
  return {
    load: () => {
      try {
        return schema.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch {
        // Absent or unreadable: everyone signs in again with a new link.
        return [];
      }
    },
    save: (digests) => writeFileSync(path, JSON.stringify(digests), { mode: 0o600 }),
  };
}
