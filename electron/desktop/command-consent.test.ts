import { expect, test, vi } from "vitest";
import { noticeHooksSchema } from "../../shared/contract/notifications.ts";
import type { Dispatch } from "../gateway/dispatch.ts";
import { type CommandConsentParts, withCommandConsent } from "./command-consent.ts";

const present = noticeHooksSchema.parse({ command: ["/usr/bin/notify", "a b"] });

function asking(response: number) {
  const core = vi.fn<Dispatch>((method) =>
    Promise.resolve({ ok: true, result: method === "notices.hooks" ? present : null }),
  );
  const ask = vi.fn<CommandConsentParts["ask"]>(() =>
    Promise.resolve({ response, checkboxChecked: false }),
  );
  const dispatch = withCommandConsent({ dispatch: core, ask });
  const set = (command: string[] | null) =>
    dispatch("notices.setHooks", { ...present, command }, "desktop");
  const passedOn = () => core.mock.calls.filter(([method]) => method === "notices.setHooks");
  return { ask, dispatch, set, passedOn };
}

test("a new command is shown to the person and then set as a local program would", async () => {
  const { ask, set, passedOn } = asking(0);
  await set(["/bin/sh", "-c", "rm x"]);
  expect(ask.mock.calls[0]?.[0]).toMatchObject({
    detail: expect.stringContaining('"/bin/sh" "-c" "rm x"'),
    defaultId: 1,
  });
  expect(passedOn()).toMatchObject([
    ["notices.setHooks", { command: ["/bin/sh", "-c", "rm x"] }, "local"],
  ]);
});

test("without consent nothing is set", async () => {
  const { set, passedOn } = asking(1);
  expect(await set(["/bin/sh"])).toMatchObject({ ok: false, error: { kind: "cancelled" } });
  expect(passedOn()).toEqual([]);
});

test("the command that is set already, and none, need no consent", async () => {
  const { ask, set, passedOn } = asking(1);
  await set(["/usr/bin/notify", "a b"]);
  await set(null);
  expect(ask).not.toHaveBeenCalled();
  expect(passedOn().map(([, , caller]) => caller)).toEqual(["local", "desktop"]);
});

test("a browser's requests are the core's to judge", async () => {
  const { ask, dispatch, passedOn } = asking(0);
  await dispatch("notices.setHooks", { ...present, command: ["x"] }, "browser");
  expect(passedOn().map(([, , caller]) => caller)).toEqual(["browser"]);
  expect(ask).not.toHaveBeenCalled();
});
