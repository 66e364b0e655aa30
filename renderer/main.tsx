import { createRoot } from "react-dom/client";
import { z } from "zod";
import "./tokens.css";
import "./base.css";
import { App } from "./app/app.tsx";
import { createDeskRouter } from "./app/router.tsx";
import { createDeskStore } from "./core/desk-store.ts";
import { applyTheme, rememberedTheme } from "./settings/theme.ts";
import { connectToCore } from "./transport/connect.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root to show the window in.");

// Compiled parsers would need `new Function`, which the page's security policy forbids.
z.config({ jitless: true });
applyTheme(rememberedTheme());
createRoot(root).render(
  <App client={connectToCore()} store={createDeskStore()} router={createDeskRouter()} />,
);
