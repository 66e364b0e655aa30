import type { SeededRandom } from "../torture/seeded-random.ts";
import { drawFault } from "./faults.ts";
import { answerRequest, type ModelReply } from "./model/answer-request.ts";
import type { ModelProject } from "./model/model-project.ts";
import type { SignIns } from "./sign-ins.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Between the workstations and the project: delays, and what else happens to requests. */
export class Network {
  /** How many of the requests something happens to; 0 when all is well again. */
  faultShare: number;
  isDown = false;
  /** Operations that were alone in a request which a fault refused: a quarantine is then right. */
  readonly refusedAlone = new Set<string>();
  /** How many operations of a workstation the project has applied to a row. */
  readonly applied = new Map<string, number>();
  /** Requests and answers that are still on their way. */
  underWay = 0;
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #project: ModelProject;
  readonly #signIns: SignIns;
  readonly #trace: Trace;
  readonly #pageSize: number;

  constructor(parts: {
    time: VirtualTime;
    random: SeededRandom;
    project: ModelProject;
    signIns: SignIns;
    trace: Trace;
    faultShare: number;
    /** The most entries of the feed that are given out at once. */
    pageSize: number;
  }) {
    this.#time = parts.time;
    this.#random = parts.random;
    this.#project = parts.project;
    this.#signIns = parts.signIns;
    this.#trace = parts.trace;
    this.faultShare = parts.faultShare;
    this.#pageSize = parts.pageSize;
  }

  /** A `fetch` for one life of a workstation; what comes after its end is not heard any more. */
  fetchFor(name: string, isAlive: () => boolean): typeof fetch {
    return (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const token = new Headers(init.headers).get("authorization")?.replace(/^Bearer /, "") ?? "";
      const body = typeof init.body === "string" ? init.body : "{}";
      const call = { name, rpc: url.split("/").at(-1) ?? "", token, body };
      return new Promise((resolve, reject) => {
        if (!isAlive()) return;
        const { signal } = init;
        const onAbort = () => reject(signal?.reason as Error);
        if (signal?.aborted) onAbort();
        signal?.addEventListener("abort", onAbort, { once: true });
        this.#send(call, {
          reply: ({ status, body: text, retryAfterS }) => {
            if (!isAlive()) return;
            const headers: Record<string, string> = { "content-type": "application/json" };
            if (retryAfterS !== undefined) headers["retry-after"] = String(retryAfterS);
            resolve(new Response(text, { status, headers }));
          },
          fail: () => {
            if (isAlive()) reject(new TypeError("fetch failed"));
          },
        });
      });
    };
  }

  #send(
    call: { name: string; rpc: string; token: string; body: string },
    sender: { reply: (reply: ModelReply & { retryAfterS?: number }) => void; fail: () => void },
  ): void {
    const random = this.#random;
    const fault = drawFault(random, this.faultShare);
    const there = random.upTo(random.pick([20, 200, 2000]));
    const back = random.upTo(200);
    this.#trace.add(`${call.name} ${call.rpc} ${JSON.stringify(fault)}`, call.body);
    // Of a curve nobody sees that a part is missing, so that is tried more often.
    const isCurve = call.rpc === "push_metrics" && fault.kind === "shorten";
    const isCut = fault.kind === "shorten" && (isCurve || !fault.isDone);
    const arriving = isCut ? { ...call, body: cut(call.body, fault.share) } : call;
    const carryOut = () => this.#carryOut(arriving);
    const later = (ms: number, run: () => void) => {
      this.underWay += 1;
      this.#time.after(ms, () => {
        this.underWay -= 1;
        run();
      });
    };
    const isDone = fault.kind !== "drop_before" && !(fault.kind === "status" && !fault.isDone);

    if (fault.kind === "straggle") {
      later(there, sender.fail);
      later(there + fault.lateMs, carryOut);
      return;
    }
    const delay = fault.kind === "delay" ? there + fault.lateMs : there;
    if (fault.kind === "duplicate") later(there + fault.lateMs, carryOut);
    later(delay, () => {
      const done = isDone ? carryOut() : null;
      later(back, () => {
        if (fault.kind === "status") {
          const { status, retryAfterS } = fault;
          if (status === 403) this.#noteRefusal(call.body);
          const body = '{"message": "Not now"}';
          sender.reply({ status, body, ...(retryAfterS === null ? {} : { retryAfterS }) });
        } else if (done === null || fault.kind === "drop_after") {
          sender.fail();
        } else if (fault.kind === "tear") {
          sender.reply({ ...done, body: done.body.slice(0, done.body.length * fault.share) });
        } else if (fault.kind === "shorten" && !isCut) {
          sender.reply({ ...done, body: shortened(done.body, fault.share) });
        } else {
          sender.reply(done);
        }
      });
    });
  }

  #carryOut(call: { name: string; rpc: string; token: string; body: string }): ModelReply | null {
    if (this.isDown) return null;
    const userId = this.#signIns.userOf(call.token);
    if (userId === null) return { status: 401, body: '{"message": "JWT expired"}' };
    const reply = answerRequest(this.#project, userId, call.rpc, this.#limited(call.body));
    if (call.rpc === "push_changes" && reply.status === 200) this.#countApplied(call, reply.body);
    this.#trace.add(`  carried out for ${call.name}: ${reply.status}`, reply.body);
    return reply;
  }

  #countApplied(call: { name: string; body: string }, answered: string): void {
    const { changes } = JSON.parse(call.body) as { changes: { row_id: string }[] };
    const answers = JSON.parse(answered) as { outcome: string }[];
    for (const [at, { row_id: rowId }] of changes.entries()) {
      if (answers[at]?.outcome !== "applied") continue;
      const key = `${call.name.split(".")[0]} ${rowId}`;
      this.applied.set(key, (this.applied.get(key) ?? 0) + 1);
    }
  }

  #limited(body: string): string {
    const given = JSON.parse(body) as { page_size?: number };
    if (given.page_size === undefined) return body;
    return JSON.stringify({ ...given, page_size: Math.min(given.page_size, this.#pageSize) });
  }

  #noteRefusal(body: string): void {
    const { changes } = JSON.parse(body) as { changes?: { op_id: string }[] };
    const [change, ...more] = changes ?? [];
    if (change !== undefined && more.length === 0) this.refusedAlone.add(change.op_id);
  }
}

/** A request without the last ones of its operations or points. */
function cut(body: string, share: number): string {
  const given = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.slice(0, Math.floor(value.length * share)) : value,
      ]),
    ),
  );
}

function shortened(body: string, share: number): string {
  const items: unknown = JSON.parse(body);
  if (!Array.isArray(items)) return body;
  return JSON.stringify(items.slice(0, Math.floor(items.length * share)));
}
