import { describe, expect, it } from "vitest";
import type { Export } from "../../shared/contract/exports.ts";
import { exportProcedures } from "../../shared/contract/exports.ts";
import { EXPORT_KINDS, FIRST_CHOICE, exportConditions, exportInput } from "./export-choice.ts";
import { withExport } from "./export-list.ts";

const ID = "00000000-0000-4000-8000-000000000001";

describe("an export", () => {
  it("is a request that the core takes, for every kind but the one that is there", () => {
    const inputs = EXPORT_KINDS.map(({ value: kind }) =>
      exportInput(ID, { ...FIRST_CHOICE, kind, name: " mine " }, "lora"),
    );
    const { input: schema } = exportProcedures["artifacts.export"];
    expect(inputs.map((input) => schema.safeParse(input).data?.format ?? null)).toEqual([
      null,
      "merged",
      "gguf",
      "ollama",
      "vllm",
    ]);
    expect(inputs[1]).toEqual({ id: ID, format: "merged", name: "mine" });
  });

  it("leaves out what the format has no choice of, and an empty name", () => {
    expect(exportInput(ID, FIRST_CHOICE, "lora")).toEqual({ id: ID, format: "merged" });
    expect(exportInput(ID, { ...FIRST_CHOICE, kind: "gguf" }, "dora")).toEqual({
      id: ID,
      format: "gguf",
      outtype: "f16",
      isMergedFirst: true,
    });
  });

  it("says what is in its way", () => {
    const gguf = { ...FIRST_CHOICE, kind: "gguf" } as const;
    expect(exportConditions(gguf, "lora", null)).toMatchObject([
      { isBlocking: true, isInSettings: true },
    ]);
    expect(exportConditions(gguf, "lora", "/src/llama.cpp")).toEqual([]);
    expect(exportConditions(gguf, "dora", "/src/llama.cpp")).toMatchObject([{ isBlocking: false }]);
    const vllm = { ...FIRST_CHOICE, kind: "vllm" } as const;
    expect(exportConditions(vllm, "dora", null)).toMatchObject([{ isBlocking: true }]);
    expect(exportConditions(FIRST_CHOICE, "dora", null)).toEqual([]);
  });
});

describe("the list of exports", () => {
  it("has each once, as it was told of last, the newest first", () => {
    const one = (id: string, createdAt: string, state = "queued") =>
      ({ id, createdAt, state }) as Export;
    const list = [one("b", "2026-03-06"), one("a", "2026-03-05")];
    expect(withExport(list, one("c", "2026-03-07")).map(({ id }) => id)).toEqual(["c", "b", "a"]);
    const changed = withExport(list, one("a", "2026-03-05", "running"));
    expect(changed.map(({ id, state }) => `${id} ${state}`)).toEqual(["b queued", "a running"]);
  });
});
