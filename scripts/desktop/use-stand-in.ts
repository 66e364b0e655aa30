import { registerHooks } from "node:module";

/* Loaded before the built main.js: `import … from "electron"` then gets the stand-in. */
const standIn = new URL("electron-stand-in.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: standIn, shortCircuit: true } : next(specifier, context),
});
