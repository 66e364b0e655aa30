import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findDeskPaths } from "../../electron/desktop/desk-paths.ts";

const projectPath = join(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);
const fromBuilder = createRequire(require.resolve("electron-builder"));

interface Packing {
  readonly asarUnpack: readonly string[];
  readonly files: readonly string[];
  readonly icon: string;
  readonly extraResources: readonly { from: string; to: string; filter: readonly string[] }[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly [name: string]: unknown;
}

/** Reads the file by the very loader that electron-builder uses. */
async function readPacking(): Promise<Packing> {
  const loader = fromBuilder("app-builder-lib/out/util/config/config") as {
    getConfig(folder: string, path: string | null, extra: null): Promise<Packing>;
  };
  return loader.getConfig(projectPath, "electron-builder.yml", null);
}

async function validate(packing: unknown): Promise<void> {
  const loader = fromBuilder("app-builder-lib/out/util/config/config") as {
    validateConfiguration(
      packing: unknown,
      log: { isEnabled: boolean; add(): void },
    ): Promise<void>;
  };
  await loader.validateConfiguration(packing, { isEnabled: false, add: () => undefined });
}

test("electron-builder accepts the file, and would refuse a wrong one", async () => {
  const packing = await readPacking();
  await expect(validate(packing)).resolves.toBeUndefined();
  await expect(validate({ ...packing, asarUnpak: [] })).rejects.toThrow(/asarUnpak/);
});

test("a .deb can be made: home page and maintainer are named", async () => {
  const packing = await readPacking();
  expect(packing["extraMetadata"]).toMatchObject({ homepage: expect.stringMatching(/^https:/) });
  expect(packing["linux"]).toMatchObject({ maintainer: expect.stringMatching(/<.+@.+>$/) });
});

test("what is read as files lies beside the archive, without tests, where the app looks", async () => {
  const { extraResources } = await readPacking();
  const trainer = extraResources.find(({ from }) => from === "electron/trainer");
  expect(trainer?.filter).toEqual(expect.arrayContaining(["!tests/**", "!**/__pycache__/**"]));
  const resourcesPath = join("/opt/LoRA Desk/resources");
  const paths = findDeskPaths({
    mainPath: join(resourcesPath, "app.asar/out/main"),
    isPackaged: true,
    resourcesPath,
  });
  expect(paths.trainer).toBe(join(resourcesPath, trainer?.to ?? ""));
  const supabase = extraResources.find(({ from }) => from === "supabase");
  expect(paths.supabase).toBe(join(resourcesPath, supabase?.to ?? ""));
  expect(supabase?.filter).toEqual(["foundation.json", "migrations/*.sql"]);
});

test("the import worker and its chunks lie outside of the archive, where the app looks", async () => {
  const { asarUnpack } = await readPacking();
  expect(asarUnpack).toEqual(["out/main/import-worker.mjs", "out/main/chunks/**"]);
  const paths = findDeskPaths({
    mainPath: "/opt/LoRA Desk/resources/app.asar/out/main",
    isPackaged: true,
    resourcesPath: "/opt/LoRA Desk/resources",
  });
  expect(decodeURI(paths.importWorker.pathname)).toBe(
    "/opt/LoRA Desk/resources/app.asar.unpacked/out/main/import-worker.mjs",
  );
  expect(paths.preload).toBe("/opt/LoRA Desk/resources/app.asar/out/preload/preload.cjs");
});

test("unpacked, everything lies in the project", () => {
  const paths = findDeskPaths({
    mainPath: "/src/lora-desk/out/main",
    isPackaged: false,
    resourcesPath: "/electron/resources",
  });
  expect(paths.trainer).toBe("/src/lora-desk/electron/trainer");
  expect(paths.importWorker.pathname).toBe("/src/lora-desk/out/main/import-worker.mjs");
  expect(paths.renderer).toBe("/src/lora-desk/out/renderer");
});

test("the packed app cannot be turned into a Node by a switch or a variable", async () => {
  const { electronFuses } = await readPacking();
  expect(electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test("the icon is a square PNG that is large enough for every system", async () => {
  const { icon } = await readPacking();
  const png = readFileSync(join(projectPath, icon));
  expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
  expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(512);
  expect(png.readUInt32BE(20)).toBe(png.readUInt32BE(16));
});
