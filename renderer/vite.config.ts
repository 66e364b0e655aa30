import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The window's page: the same files for the desktop app (app://) and the headless app (http://). */
export default defineConfig({
  // Not `import.meta.dirname`: electron-vite bundles this file into its own configuration, and that
  // rewrites the address of each file but not its folder.
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative addresses, so that the page works wherever it is served from.
  base: "./",
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../out/renderer", import.meta.url)),
    emptyOutDir: true,
    // The engine of Electron 45; today's browsers know all that this lets pass.
    target: "es2024",
    minify: true,
    // Both would be inline code or data, which the page's security policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Charts and controls make one honest bundle from a local disk; splitting gains nothing.
    chunkSizeWarningLimit: 2048,
    rolldownOptions: { input: fileURLToPath(new URL("index.html", import.meta.url)) },
  },
});
