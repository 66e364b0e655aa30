import { followJournal } from "./kernel-journal.ts";
import type { KernelLine } from "./kernel-line.ts";
import { followKernelMessages } from "./kernel-messages.ts";

export interface KernelLogOptions {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  onLine: (line: KernelLine) => void;
  messagesPath?: string;
}

/**
 * Follows the kernel's log from as far back in this boot as it reaches: /dev/kmsg where this user
 * may read it, else the journal. Where neither can be read, which is normal, nothing comes.
 */
export function followKernelLog(options: KernelLogOptions): { close(): void } {
  const { env, platform, onLine } = options;
  if (platform !== "linux") return { close: () => undefined };
  return (
    followKernelMessages(options.messagesPath ?? "/dev/kmsg", onLine) ?? followJournal(env, onLine)
  );
}
