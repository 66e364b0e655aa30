import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "electron-vite";
import renderer from "./renderer/vite.config.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * Builds the desktop app into out/: main and its import worker (ES modules), preload (one CommonJS
 * file, as a sandboxed preload script must be) and the window's page. All packages are bundled:
 * the packaged app carries no node_modules.
 */
export default defineConfig({
  main: {
    build: {
      outDir: join(root, "out/main"),
      target: "node24",
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: join(root, "electron/main.ts"),
          "import-worker": join(root, "electron/datasets/import-worker.ts"),
        },
        output: {
          // The worker and what it shares lie outside of the packaged archive, away from
          // package.json: their names alone must say that they are ES modules.
          entryFileNames: (chunk) => (chunk.name === "main" ? "main.js" : "[name].mjs"),
          chunkFileNames: "chunks/[name]-[hash].mjs",
        },
      },
    },
  },
  preload: {
    build: {
      outDir: join(root, "out/preload"),
      target: "node24",
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: join(root, "electron/preload.ts") },
        // It takes but two names of channels from the gateway: leave all the rest behind.
        treeshake: { moduleSideEffects: false },
        output: { format: "cjs", entryFileNames: "[name].cjs", codeSplitting: false },
      },
    },
  },
  renderer,
});
