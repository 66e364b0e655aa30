import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Topic } from "../../shared/contract/contract.ts";
import {
  type Notice,
  type NoticeHooks,
  noticeHooksSchema,
} from "../../shared/contract/notifications.ts";
import { openStore, type Store } from "../store/open-store.ts";
import type { HookAnswer } from "./hook-answer.ts";
import type { NoticeDraft } from "./notice-draft.ts";
import type { Hook } from "./notice-hook.ts";
import { type Notices, openNotices } from "./open-notices.ts";

const MINUTE_MS = 60_000;
const draft: NoticeDraft = {
  event: "job 1 done",
  type: "job_completed",
  title: "Done: tone",
  message: "All steps are trained.",
  priority: "normal",
  actionUrl: "/jobs/1",
  createdAt: "2026-03-01T10:00:00.000Z",
  metadata: {},
};
const webhook = { url: "https://hooks.example/services/T0/secret", kind: "generic" } as const;

let store: Store;
let notices: Notices;
let hooks: NoticeHooks;
let answer: (hook: Hook, notice: Notice) => HookAnswer | Promise<HookAnswer>;
let published: [Topic, unknown][];
let sent: [string, string][];

beforeEach(() => {
  vi.useFakeTimers({
    now: new Date(draft.createdAt),
    toFake: ["Date", "setTimeout", "clearTimeout"],
  });
  store = openStore({ path: ":memory:", log: () => undefined });
  hooks = noticeHooksSchema.parse({ webhooks: [webhook] });
  answer = () => ({ isDelivered: true });
  open();
});
afterEach(async () => {
  await notices.close();
  store.close();
  vi.useRealTimers();
});

function open(): void {
  published = [];
  sent = [];
  notices = openNotices({
    store,
    publish: (topic, data) => published.push([topic, data]),
    hooks: () => hooks,
    setHooks: (next) => (hooks = next),
    homePath: "/",
    now: () => new Date(),
    createId: () => "0b0e7e5c-2f43-4a63-9d3c-6b7a0f3a1c55",
    log: () => undefined,
    send: async (hook, notice) => {
      sent.push([hook.kind, notice.id]);
      return answer(hook, notice);
    },
  });
}

const list = () =>
  notices.requests["notices.list"]({ limit: 10 }, "local") as {
    unread: number;
    notices: Notice[];
  };
const states = () =>
  store
    .prepare("SELECT state, tries, problem FROM notice_deliveries")
    .all()
    .map((row) => ({ ...row }));

test("one event is one notice, published and delivered once, however often it is told", async () => {
  notices.add(draft);
  notices.add(draft);
  await notices.settled();
  notices.add(draft);
  await notices.settled();
  expect(list()).toMatchObject({ unread: 1, notices: [{ title: "Done: tone", isRead: false }] });
  expect(published.map(([topic]) => topic)).toEqual(["notices.added"]);
  expect(sent).toEqual([["generic", list().notices[0]?.id]]);
  expect(states()).toEqual([{ state: "delivered", tries: 1, problem: null }]);
});

test("what is told in a transaction that fails was never told", async () => {
  expect(() =>
    store.transaction(() => {
      notices.add(draft);
      throw new Error("disk full");
    }),
  ).toThrow("disk full");
  await notices.settled();
  expect([list().notices, published, sent]).toEqual([[], [], []]);
  notices.add(draft);
  await notices.settled();
  expect(sent).toHaveLength(1);
});

test("an id is always the same for an event, so that two machines mean the same notice", () => {
  notices.add(draft);
  expect(list().notices[0]?.id).toMatchInlineSnapshot(`"cf8a444c-9259-8daa-97fd-6f04c13507eb"`);
});

test("a hook that fails is tried again, later and later, and five times at most", async () => {
  answer = () => ({ isDelivered: false, problem: "It answered 503.", canTryAgain: true });
  notices.add(draft);
  await notices.settled();
  const triedAtMs: number[] = [];
  const startMs = Date.now();
  for (let seconds = 0; seconds < 2 * 60 * 60; seconds += 10) {
    const before = sent.length;
    await vi.advanceTimersByTimeAsync(10_000);
    await notices.settled();
    if (sent.length > before) triedAtMs.push(Date.now() - startMs);
  }
  expect(triedAtMs).toEqual([10_000, 70_000, 370_000, 370_000 + 30 * MINUTE_MS]);
  expect(states()).toEqual([{ state: "given_up", tries: 5, problem: "It answered 503." }]);
});

test("a hook that refuses for good is not tried again", async () => {
  answer = () => ({ isDelivered: false, problem: "It answered 404.", canTryAgain: false });
  notices.add(draft);
  await notices.settled();
  expect(states()).toEqual([{ state: "given_up", tries: 1, problem: "It answered 404." }]);
});

test("an app that ends in the midst of sending sends again with the same id", async () => {
  const hanging = Promise.withResolvers<HookAnswer>();
  answer = () => hanging.promise;
  notices.add(draft);
  await Promise.resolve();
  expect(states()).toEqual([{ state: "waiting", tries: 1, problem: null }]);
  const [first] = sent;
  const killed = notices;
  answer = () => ({ isDelivered: true });
  open();
  await vi.advanceTimersByTimeAsync(10_000);
  await notices.settled();
  expect(sent).toEqual([first]);
  expect(states()).toMatchObject([{ state: "delivered", tries: 2 }]);
  hanging.resolve({ isDelivered: true });
  await killed.close();
});

test("notices of yesterday, and of hooks that are gone, are not sent", async () => {
  store.transaction(() => {
    notices.add(draft);
    notices.add({ ...draft, event: "other" });
  });
  const old = notices;
  vi.setSystemTime(Date.now() + 25 * 60 * MINUTE_MS);
  await old.settled();
  expect(sent).toEqual([]);
  expect(states().map(({ state }) => state)).toEqual(["given_up", "given_up"]);
  notices.add({ ...draft, event: "third", createdAt: new Date().toISOString() });
  hooks = noticeHooksSchema.parse({});
  await notices.settled();
  expect(sent).toEqual([]);
  expect(states().at(-1)).toMatchObject({ state: "given_up", problem: "The hook was removed." });
});

test("what matters less than asked for stays in the list", async () => {
  hooks = { ...hooks, leastPriority: "high" };
  notices.add(draft);
  notices.add({ ...draft, event: "failed", priority: "high" });
  await notices.settled();
  expect(list().unread).toBe(2);
  expect(sent).toHaveLength(1);
});

test("reading one, then all", () => {
  notices.add(draft);
  notices.add({ ...draft, event: "b", createdAt: "2026-03-01T11:00:00.000Z" });
  const [newest] = list().notices;
  const markRead = (id: string | null) => notices.requests["notices.markRead"]({ id }, "local");
  void markRead(newest?.id ?? null);
  expect(list()).toMatchObject({ unread: 1, notices: [{ isRead: true }, { isRead: false }] });
  void markRead(null);
  expect(published).toContainEqual(["notices.changed", { unread: 0 }]);
});

test("an address of a webhook does not leave the core, and comes back as what it was", () => {
  const { requests } = notices;
  const shown = requests["notices.hooks"]({}, "browser") as NoticeHooks;
  expect(JSON.stringify(shown)).not.toContain("secret");
  const added = { kind: "slack", url: "http://127.0.0.1:9/x" } as const;
  void requests["notices.setHooks"]({ ...shown, webhooks: [...shown.webhooks, added] }, "browser");
  expect(hooks.webhooks).toEqual([webhook, added]);
});

test("addresses that are not encrypted, and masks of what is not there, are refused", () => {
  const set = (url: string) => () =>
    notices.requests["notices.setHooks"](
      { ...hooks, webhooks: [{ kind: "generic", url }] },
      "local",
    );
  expect(set("http://hooks.example/a")).toThrow(/use https/);
  expect(set("http://127.0.0.1.example.com/a")).toThrow(/use https/);
  expect(set("https://hooks.example/hidden-0123456789abcdef")).toThrow(/enter its whole address/);
  expect(set("http://localhost:3000/a")).not.toThrow();
});

test("a browser may keep or remove a command, and name none", () => {
  const set = (command: string[] | null, caller: "browser" | "local") => () =>
    notices.requests["notices.setHooks"]({ ...hooks, command }, caller);
  expect(set(["/bin/true"], "browser")).toThrow(/desktop app or on this machine/);
  void set(["/bin/true"], "local")();
  expect(set(["/bin/true"], "browser")).not.toThrow();
  expect(set(["/bin/true", "x"], "browser")).toThrow(/desktop app/);
  void set(null, "browser")();
  expect(hooks.command).toBeNull();
});

test("a trial says of each hook how it answered, and is in no list", async () => {
  hooks = { ...hooks, command: ["notify"] };
  answer = (hook) =>
    hook.kind === "command"
      ? { isDelivered: false, problem: "notify was not found.", canTryAgain: false }
      : { isDelivered: true };
  expect(await notices.requests["notices.tryHooks"]({}, "local")).toEqual([
    { hook: "Webhook at hooks.example", isDelivered: true, message: "The trial notice was taken." },
    { hook: "Command notify", isDelivered: false, message: "notify was not found." },
  ]);
  expect(list().notices).toEqual([]);
});

test("a webhook that is named twice is told once, and harms no event", async () => {
  hooks = noticeHooksSchema.parse({ webhooks: [webhook, webhook] });
  notices.add(draft);
  await notices.settled();
  expect(list().notices).toHaveLength(1);
  expect(sent).toHaveLength(1);
  await notices.requests["notices.setHooks"](hooks, "browser");
  expect(hooks.webhooks).toEqual([webhook]);
});
