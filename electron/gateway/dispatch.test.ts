import { describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import { createDispatch } from "./dispatch.ts";

const logged: Record<string, unknown>[] = [];
const asked: unknown[] = [];
const dispatch = createDispatch(
  {
    "datasets.get": () => {
      throw new AppError("not_found", "There is no such dataset.", { details: { id: "x" } });
    },
    "datasets.import": (params: unknown) => asked.push(params),
    "environment.use": (params: unknown) => asked.push(params),
    "settings.update": (params: unknown) => asked.push(params),
    "notices.setHooks": (params: unknown) => asked.push(params),
    "artifacts.export": (params: unknown) => asked.push(params),
    "jobs.list": () => {
      throw new TypeError("secret internals");
    },
    "environment.build": (params: unknown) => params,
  } as unknown as Handlers,
  (_message, details) => logged.push(details),
);
const id = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";

describe("dispatch", () => {
  test.each(["nothing.here", "toString", "__proto__", ""])("unknown request %j", async (method) => {
    expect(await dispatch(method, {}, "local")).toMatchObject({
      ok: false,
      error: { kind: "not_found" },
    });
  });

  test("names what is wrong with the parameters", async () => {
    const outcome = await dispatch("datasets.get", { id: 7 }, "browser");
    expect(outcome).toMatchObject({ ok: false, error: { kind: "invalid_input" } });
    expect(JSON.stringify(outcome)).toContain('["id"]');
  });

  test("fills in defaults before the handler sees the parameters", async () => {
    expect(await dispatch("environment.build", {}, "desktop")).toEqual({
      ok: true,
      result: { isFresh: false },
    });
  });

  test("an expected failure keeps its kind, message and details", async () => {
    expect(await dispatch("datasets.get", { id }, "browser")).toEqual({
      ok: false,
      error: { kind: "not_found", message: "There is no such dataset.", details: { id: "x" } },
    });
  });

  test("a bug is logged whole and told without its text", async () => {
    const outcome = await dispatch("jobs.list", {}, "browser");
    expect(outcome).toMatchObject({ ok: false, error: { kind: "internal" } });
    expect(JSON.stringify(outcome)).not.toContain("secret");
    expect(String(logged.at(-1)?.["error"])).toContain("secret internals");
  });

  test.each(["browser", "desktop"] as const)(
    "a %s names neither paths nor programs",
    async (caller) => {
      asked.length = 0;
      const byPath = { source: { kind: "path", path: "/etc/passwd" } };
      for (const outcome of [
        await dispatch("datasets.import", byPath, caller),
        await dispatch("environment.use", { pythonPath: "/bin/sh" }, caller),
        await dispatch("settings.update", { llamaCppPath: "/tmp/scripts" }, caller),
        await dispatch("artifacts.export", { id, format: "merged", targetPath: "/etc" }, caller),
      ]) {
        expect(outcome).toMatchObject({ ok: false, error: { kind: "forbidden" } });
      }
      expect(asked).toEqual([]);
      expect(await dispatch("datasets.import", byPath, "local")).toMatchObject({ ok: true });
      const unset = { llamaCppPath: null };
      expect(await dispatch("settings.update", unset, caller)).toMatchObject({ ok: true });
    },
  );

  test("the desktop's page sets no command to run; its shell asks the person and passes it on", async () => {
    const command = ["/bin/sh"];
    const refused = await dispatch("notices.setHooks", { command }, "desktop");
    expect(refused).toMatchObject({ ok: false, error: { kind: "forbidden" } });
    expect(await dispatch("notices.setHooks", {}, "desktop")).toMatchObject({ ok: true });
    expect(await dispatch("notices.setHooks", { command }, "local")).toMatchObject({ ok: true });
  });
});
