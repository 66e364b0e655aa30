import type { SeededRandom } from "../torture/seeded-random.ts";
import { drawFault, type Fault } from "./faults.ts";
import { answersOf, type OperationLedger } from "./operation-ledger.ts";
import type { Project, ProjectReply } from "./project.ts";
import type { SignIns } from "./sign-ins.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";

interface Call {
  name: string;
  rpc: string;
  token: string;
  body: string;
}

interface Sender {
  reply: (reply: ProjectReply & { retryAfterS?: number }) => void;
  fail: () => void;
}

/** Between the workstations and the project: delays, and what else happens to requests. */
export class Network {
  /** How many of the requests something happens to; 0 when all is well again. */
  faultShare: number;
  isDown = false;
  /** Operations that were alone in a request which a fault refused: a quarantine is then right. */
  readonly refusedAlone = new Set<string>();
  /** Requests and answers that are still on their way. */
  underWay = 0;
  #mostOperations: number | null = null;
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #project: Project;
  readonly #signIns: SignIns;
  readonly #ledger: OperationLedger;
  readonly #trace: Trace;
  readonly #pageSize: number;
  /** Requests whose connection stands: each is cut when the project starts again. */
  readonly #open = new Set<() => void>();

  constructor(parts: {
    time: VirtualTime;
    random: SeededRandom;
    project: Project;
    signIns: SignIns;
    ledger: OperationLedger;
    trace: Trace;
    faultShare: number;
    /** The most entries of the feed that are given out at once. */
    pageSize: number;
  }) {
    this.#time = parts.time;
    this.#random = parts.random;
    this.#project = parts.project;
    this.#signIns = parts.signIns;
    this.#ledger = parts.ledger;
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
            if (call.rpc === "push_changes" && status === 200) this.#ledger.tell(text);
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

  /** Of more operations in one request nothing comes: the project takes too long. */
  limit(mostOperations: number | null): void {
    this.#mostOperations = mostOperations;
  }

  /** Whatever is on its way over a connection is lost; what has arrived has been carried out. */
  cutConnections(): void {
    for (const cut of this.#open) cut();
  }

  #send(call: Call, sender: Sender): void {
    const random = this.#random;
    const fault = drawFault(random, this.faultShare);
    const there = random.upTo(random.pick([20, 200, 2000]));
    const back = random.upTo(200);
    this.#trace.add(`${call.name} ${call.rpc} ${JSON.stringify(fault)}`, call.body);
    if (call.rpc === "push_changes") this.#ledger.send(deskOf(call), call.body);
    // Of a curve nobody sees that a part is missing, so that is tried more often.
    const isCurve = call.rpc === "push_metrics" && fault.kind === "shorten";
    const isCut = fault.kind === "shorten" && (isCurve || !fault.isDone);
    const arriving = isCut ? { ...call, body: cut(call.body, fault.share) } : call;
    const isDone = fault.kind !== "drop_before" && !(fault.kind === "status" && !fault.isDone);
    if (fault.kind === "straggle") {
      this.#later(there, sender.fail);
      this.#later(there + fault.lateMs, () => this.#carryOut(arriving));
      return;
    }
    const delay = fault.kind === "delay" ? there + fault.lateMs : there;
    if (fault.kind === "duplicate") {
      this.#later(there + fault.lateMs, () => this.#carryOut(arriving));
    }
    let isOpen = true;
    const close = () => {
      isOpen = false;
      this.#open.delete(close);
      sender.fail();
    };
    this.#open.add(close);
    this.#later(delay, async () => {
      const done = isOpen && isDone ? await this.#carryOut(arriving) : null;
      this.#later(back, () => {
        this.#open.delete(close);
        if (isOpen) this.#answer(call, fault, done, isCut, sender);
      });
    });
  }

  #answer(call: Call, fault: Fault, done: ProjectReply | null, isCut: boolean, sender: Sender) {
    if (fault.kind === "status") {
      const { status, retryAfterS } = fault;
      if (status === 403) this.#noteRefusal(call.body);
      else this.#ledger.fail(call.body);
      const body = '{"message": "Not now"}';
      sender.reply({ status, body, ...(retryAfterS === null ? {} : { retryAfterS }) });
    } else if (done === null || fault.kind === "drop_after") {
      sender.fail();
    } else if (fault.kind === "tear") {
      this.#ledger.fail(call.body);
      sender.reply({ ...done, body: done.body.slice(0, done.body.length * fault.share) });
    } else if (fault.kind === "shorten" && !isCut) {
      sender.reply({ ...done, body: shortened(done.body, fault.share) });
    } else {
      sender.reply(done);
    }
  }

  #later(ms: number, run: () => void | Promise<unknown>): void {
    this.underWay += 1;
    this.#time.after(ms, () => {
      this.underWay -= 1;
      const running = run();
      if (running !== undefined) this.#time.hold(running);
    });
  }

  async #carryOut(call: Call): Promise<ProjectReply | null> {
    if (this.isDown) return null;
    if (this.#isTooMuch(call)) {
      this.#trace.add(`  takes too long for ${call.name}`);
      this.#ledger.fail(call.body);
      return TOO_LONG;
    }
    const userId = this.#signIns.userOf(call.token);
    const reply = await this.#project.answer(userId, call.rpc, this.#limited(call.body));
    if (reply !== null && call.rpc === "push_changes" && reply.status === 200) {
      this.#ledger.carryOut(answersOf(reply.body));
    }
    this.#trace.add(`  carried out for ${call.name}: ${reply?.status ?? "cut"}`, reply?.body);
    return reply;
  }

  /** The statement's time is over, and nothing of it was done. */
  #isTooMuch({ rpc, body }: Call): boolean {
    if (this.#mostOperations === null) return false;
    const { changes, points } = JSON.parse(body) as { changes?: unknown[]; points?: Curve[] };
    if (rpc === "push_changes") return (changes?.length ?? 0) > this.#mostOperations;
    return rpc === "push_metrics" && pointsIn(points) > this.#mostOperations * BLOCK_POINTS;
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

/** What sync sends of a curve at least. */
const BLOCK_POINTS = 128;

/** As PostgREST says it. */
const TOO_LONG: ProjectReply = {
  status: 500,
  body: '{"code": "57014", "message": "canceling statement due to statement timeout"}',
};

/** A point, or many of them in the columns of a table. */
interface Curve {
  columns?: { step: string };
}

function pointsIn(points: readonly Curve[] = []): number {
  return points.reduce((sum, { columns }) => sum + (columns?.step.split(",").length ?? 1), 0);
}

/** The machine, whichever of its lives it was. */
function deskOf({ name }: Call): string {
  return name.split(".")[0] ?? name;
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
