import { describe, expect, test } from "vitest";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { settingsSchema } from "../../shared/contract/settings.ts";
import { Hub } from "../gateway/hub.ts";
import { until } from "./until.ts";

function setUp() {
  const hub = new Hub();
  let isHeard = false;
  hub.watch("settings.changed", (next) => (isHeard = next));
  const client: CoreClient = {
    request: () => Promise.reject(new Error("not asked")),
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
  };
  const say = (pythonPath: string | null) =>
    hub.publish("settings.changed", { ...settings, pythonPath });
  return { client, say, isHeard: () => isHeard };
}
const settings = settingsSchema.parse({ theme: "dark" });

describe("until", () => {
  test("does not miss a state that passes before the start has answered", async () => {
    const { client, say, isHeard } = setUp();
    const found = await until(client, "settings.changed", undefined, {
      start: async () => {
        say("/early");
        return settings;
      },
      settle: ({ pythonPath }) => pythonPath ?? undefined,
    });
    expect(found).toBe("/early");
    expect(isHeard()).toBe(false);
  });

  test("settles at once on the state it starts with", async () => {
    const { client, isHeard } = setUp();
    const start = async () => ({ ...settings, pythonPath: "/there" });
    const settle = ({ pythonPath }: { pythonPath: string | null }) => pythonPath ?? undefined;
    expect(await until(client, "settings.changed", undefined, { start, settle })).toBe("/there");
    expect(isHeard()).toBe(false);
  });

  test("gives up when the core goes away", async () => {
    const { client, isHeard } = setUp();
    const closed = Promise.withResolvers<void>();
    const waiting = until({ ...client, closed: closed.promise }, "settings.changed", undefined, {
      start: async () => settings,
      settle: () => undefined,
    });
    closed.resolve();
    await expect(waiting).rejects.toThrow("LoRA Desk ended before this was done");
    expect(isHeard()).toBe(false);
  });

  test("a failure of either kind ends the listening", async () => {
    for (const wait of [
      { start: () => Promise.reject(new Error("no start")), settle: () => undefined },
      {
        start: async () => settings,
        settle: () => {
          throw new Error("no settle");
        },
      },
    ]) {
      const { client, isHeard } = setUp();
      await expect(until(client, "settings.changed", undefined, wait)).rejects.toThrow(/^no /);
      expect(isHeard()).toBe(false);
    }
  });
});
