import { expect, test, vi } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { type Settings, settingsSchema } from "../../shared/contract/settings.ts";
import { Hub } from "../gateway/hub.ts";
import type { CoreSource } from "./core-source.ts";
import { CoreSwitch } from "./core-switch.ts";

function fakeSource(name: string) {
  const hub = new Hub();
  const ended = Promise.withResolvers<void>();
  const close = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const source: CoreSource = {
    dispatch: (method) => Promise.resolve({ ok: true, result: `${name}: ${method}` }),
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
    registerFile: (file) => `${name}: ${file.name}`,
    ended: ended.promise,
    close,
  };
  return { source, hub, close, end: () => ended.resolve() };
}

function switching() {
  const finds: PromiseWithResolvers<CoreSource>[] = [];
  const parts = {
    find: vi.fn<(signal: AbortSignal) => Promise<CoreSource>>(() => {
      const find = Promise.withResolvers<CoreSource>();
      finds.push(find);
      return find.promise;
    }),
    onSwitched: vi.fn<() => void>(),
    onFailed: vi.fn<(error: unknown) => void>(),
  };
  return { ...parts, finds, cores: new CoreSwitch(parts) };
}

const settings = settingsSchema.parse({ theme: "dark" });

test("requests wait until a core is there", async () => {
  const { cores, finds, onSwitched } = switching();
  const answer = cores.dispatch("app.info", {}, "desktop");
  finds[0]?.resolve(fakeSource("first").source);
  expect(await answer).toEqual({ ok: true, result: "first: app.info" });
  expect(onSwitched).not.toHaveBeenCalled();
});

test("when the core ends, another takes over: requests wait, subscriptions move along", async () => {
  const { cores, finds, find, onSwitched } = switching();
  const heard: string[] = [];
  cores.hub.subscribe("settings.changed", ({ theme }) => heard.push(theme));
  cores.hub.subscribe("settings.changed", () => heard.push("wrong key"), "other");
  const first = fakeSource("first");
  const second = fakeSource("second");
  finds[0]?.resolve(first.source);
  await cores.dispatch("app.info", {}, "desktop");
  first.hub.publish("settings.changed", settings);

  first.end();
  await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(2));
  first.hub.publish("settings.changed", { ...settings, theme: "system" });
  const waiting = cores.dispatch("jobs.list", {}, "desktop");
  finds[1]?.resolve(second.source);
  expect(await waiting).toEqual({ ok: true, result: "second: jobs.list" });
  await vi.waitFor(() => expect(onSwitched).toHaveBeenCalledTimes(1));
  second.hub.publish("settings.changed", { ...settings, theme: "light" });
  expect(heard).toEqual(["dark", "light"]);
});

test("an ended subscription is not taken up again by the next core", async () => {
  const { cores, finds, find, onSwitched } = switching();
  const heard = vi.fn<(settings: Settings) => void>();
  const end = cores.hub.subscribe("settings.changed", heard);
  const first = fakeSource("first");
  const second = fakeSource("second");
  finds[0]?.resolve(first.source);
  await cores.dispatch("app.info", {}, "desktop");
  end();
  end();
  first.end();
  await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(2));
  finds[1]?.resolve(second.source);
  await vi.waitFor(() => expect(onSwitched).toHaveBeenCalled());
  second.hub.publish("settings.changed", settings);
  expect(heard).not.toHaveBeenCalled();
});

test("where no core can be had, the app hears why and requests fail instead of hanging", async () => {
  const { cores, finds, onFailed } = switching();
  const error = new AppError("conflict", "Another LoRA Desk holds the data folder.");
  finds[0]?.reject(error);
  expect(await cores.dispatch("app.info", {}, "desktop")).toMatchObject({
    ok: false,
    error: { kind: "unavailable" },
  });
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalledWith(error));
  await expect(cores.registerFile({ path: "/x", name: "x", sizeBytes: 1 })).rejects.toBe(error);
});

test("closing closes the core, and nobody takes over", async () => {
  const { cores, finds, find, onFailed } = switching();
  const first = fakeSource("first");
  finds[0]?.resolve(first.source);
  await cores.dispatch("app.info", {}, "desktop");
  await cores.close();
  first.end();
  await cores.close();
  expect(first.close).toHaveBeenCalled();
  expect(find).toHaveBeenCalledTimes(1);
  expect(onFailed).not.toHaveBeenCalled();
});

test("a core that is found while the app closes is closed as well", async () => {
  const { cores, finds, find } = switching();
  const late = fakeSource("late");
  const closed = cores.close();
  expect(find.mock.calls[0]?.[0].aborted).toBe(true);
  finds[0]?.resolve(late.source);
  await closed;
  expect(late.close).toHaveBeenCalledTimes(1);
});
