import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { createDeskStore } from "../core/desk-store.ts";
import { DeskProvider } from "../core/desk.tsx";
import { failed, ready } from "../core/loadable.ts";
import type { WindowClient } from "../transport/window-client.ts";
import { ElsewhereDatasetItems } from "./elsewhere-dataset-items.tsx";

const id = "00000000-0000-4000-8000-000000000001";
const account = {
  id,
  email: "ada@example.org",
  userId: id,
  projectUrl: "https://example.supabase.co",
  isSignedIn: true,
  unsynced: null,
};

/** With an account, or without, where the list of other machines' rows has failed. */
function failedList(activeId: string | null): string {
  const store = createDeskStore();
  const local = { datasets: 0, jobs: 0 };
  store.setState({
    accounts: ready({ activeId, accounts: [account], local }),
    elsewhere: failed(new AppError("internal", "It cannot be read.")),
  });
  // Static markup is made of a store's first state.
  const now = { ...store, getInitialState: store.getState };
  return renderToStaticMarkup(
    <DeskProvider client={{} as WindowClient} store={now}>
      <ElsewhereDatasetItems />
    </DeskProvider>,
  );
}

test("that other machines' datasets could not be fetched is said, with an account", () => {
  expect(failedList(id)).toContain("What is on other machines could not be fetched");
  expect(failedList(id)).toContain("It cannot be read.");
  expect(failedList(null)).toBe("");
});
