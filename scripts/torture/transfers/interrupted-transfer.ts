import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CuttingProxy } from "./cutting-proxy.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Ordeal } from "./ordeal.ts";
import type { TransferProcessLine, TransferProcessSettings } from "./transfer-process.ts";

export interface InterruptedTransferOptions {
  proxy: CuttingProxy;
  session: Pick<TransferProcessSettings, "projectUrl" | "anonKey" | "userId" | "accessToken">;
  homePath: string;
  direction: "upload" | "download";
  artifactId: string;
  bytes: number;
  cuts: number;
  cutsPerKill: number;
  random: SeededRandom;
}

/** Moves the adapter to the end, whatever is done to its connections and processes. */
export async function interruptedTransfer(
  options: InterruptedTransferOptions,
): Promise<Omit<Ordeal, "isEqual">> {
  const { proxy, session, homePath, direction, artifactId, bytes, random } = options;
  const settings: TransferProcessSettings = { ...session, homePath, direction, artifactId };
  const travelled = () => (direction === "upload" ? proxy.sentBytes() : proxy.receivedBytes());
  const atFirst = travelled();
  const began = performance.now();
  let wasted = 0;
  let worst = 0;
  let cuts = 0;
  let kills = 0;
  let isDone = false;
  let process_ = begin();

  function begin() {
    const program = fileURLToPath(new URL("./transfer-process.ts", import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as TransferProcessLine;
      isDone ||= line.type === "done";
    });
    return { child, ended: once(child, "exit") };
  }
  // Whatever has travelled before a request for the next piece and is not before that piece was in
  // vain. Heads of requests are counted with it.
  proxy.onRequest = (head) => {
    const offset =
      direction === "upload"
        ? /^PATCH [^]*\r\nupload-offset: (\d+)/i.exec(head)
        : /^GET \/storage[^]*\r\nrange: bytes=(\d+)-/i.exec(head);
    if (offset === null || Number(offset[1]) === 0) return;
    const inVain = travelled() - atFirst - Number(offset[1]);
    worst = Math.max(worst, inVain - wasted);
    wasted = Math.max(wasted, inVain);
  };

  while (cuts < options.cuts && !isDone) {
    // On the average the cuts are spread over the whole file.
    const cut = proxy.cutAfter(1 + Math.floor(random.upTo((2 * bytes) / (options.cuts + 1))));
    const event = await Promise.race([cut.then(() => "cut" as const), process_.ended]);
    if (event !== "cut") break;
    cuts += 1;
    if (cuts % options.cutsPerKill !== 0) continue;
    process_.child.kill("SIGKILL");
    await process_.ended;
    kills += 1;
    process_ = begin();
  }
  await process_.ended;
  proxy.onRequest = null;
  if (!isDone)
    throw new Error(`The ${direction} ended early, after ${cuts} cuts and ${kills} kills`);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  return { cuts, kills, wastedBytes: wasted, worstWasteBytes: worst, seconds };
}
