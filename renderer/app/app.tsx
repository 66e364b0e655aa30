import { Tooltip } from "@base-ui/react/tooltip";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { Toasts } from "../controls/toasts.tsx";
import { DeskProvider } from "../core/desk.tsx";
import type { DeskStore } from "../core/desk-store.ts";
import { followCore } from "../core/follow-core.ts";
import type { WindowClient } from "../transport/window-client.ts";
import type { DeskRouter } from "./router.tsx";

type AppProps = {
  readonly client: WindowClient;
  readonly store: DeskStore;
  readonly router: DeskRouter;
};

export function App({ client, store, router }: AppProps) {
  useEffect(() => followCore(client, store), [client, store]);
  return (
    <DeskProvider client={client} store={store}>
      <Tooltip.Provider delay={400}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </Tooltip.Provider>
    </DeskProvider>
  );
}
