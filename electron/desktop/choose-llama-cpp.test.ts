import { expect, test, vi } from "vitest";
import type { Dispatch } from "../gateway/dispatch.ts";
import type { FileChoiceParts } from "./choose-file.ts";
import { withLlamaCppChoice } from "./choose-llama-cpp.ts";

function choosing(filePaths: string[]) {
  const core = vi.fn<Dispatch>(() => Promise.resolve({ ok: true, result: "core" }));
  const showDialog = vi.fn<FileChoiceParts["showDialog"]>(() =>
    Promise.resolve({ canceled: filePaths.length === 0, filePaths }),
  );
  return { core, showDialog, dispatch: withLlamaCppChoice({ dispatch: core, showDialog }) };
}

test("the folder that a person chooses is set as a local program would", async () => {
  const { dispatch, core } = choosing(["/src/llama.cpp"]);
  await dispatch("settings.chooseLlamaCpp", {}, "desktop");
  expect(core.mock.calls).toEqual([
    ["settings.update", { llamaCppPath: "/src/llama.cpp" }, "local"],
  ]);
});

test("a cancelled dialog sets nothing", async () => {
  const { dispatch, core } = choosing([]);
  expect(await dispatch("settings.chooseLlamaCpp", {}, "desktop")).toEqual({
    ok: true,
    result: null,
  });
  expect(core).not.toHaveBeenCalled();
});

test("what else is asked, and whoever else asks, is the core's", async () => {
  const { dispatch, core, showDialog } = choosing(["/src/llama.cpp"]);
  await dispatch("settings.update", { llamaCppPath: "/elsewhere" }, "desktop");
  await dispatch("settings.chooseLlamaCpp", {}, "browser");
  expect(core.mock.calls.map(([method, , caller]) => [method, caller])).toEqual([
    ["settings.update", "desktop"],
    ["settings.chooseLlamaCpp", "browser"],
  ]);
  expect(showDialog).not.toHaveBeenCalled();
});
