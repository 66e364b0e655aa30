import { join } from "node:path";
import { MainConfigFactory, PreloadConfigFactory } from "electron-vite";
import { build, mergeConfig, type InlineConfig } from "vite";
import config from "../../electron.vite.config.ts";

/** Builds main or preload exactly as `electron-vite build` does, but into a folder of its own. */
export async function buildPart(part: "main" | "preload", outDir: string): Promise<void> {
  const options = { root: join(import.meta.dirname, "../..") };
  const inline: InlineConfig = { configFile: false, logLevel: "warn", mode: "production" };
  const factory =
    part === "main"
      ? new MainConfigFactory(config.main ?? {}, inline, options)
      : new PreloadConfigFactory(config.preload ?? {}, inline, options);
  const resolved = (await factory.build()) as InlineConfig;
  await build(mergeConfig(resolved, { build: { outDir, emptyOutDir: false } }));
}
