import type { DeskState, DeskStore } from "./desk-store.ts";
import { failed } from "./loadable.ts";

type Fetch = (
  key: keyof DeskState,
  load: () => Promise<(state: DeskState) => Partial<DeskState>>,
) => Promise<void>;

/**
 * A failure is shown only where there is nothing older to show. An answer that another account's
 * file has overtaken is dropped.
 */
export function fetchInto(store: DeskStore): Fetch {
  return async (key, load) => {
    const { openedFiles } = store.getState();
    const isStillOpen = (): boolean => store.getState().openedFiles === openedFiles;
    try {
      const receive = await load();
      if (isStillOpen()) store.setState(receive);
    } catch (error) {
      const current = store.getState()[key] as { state?: string };
      if (isStillOpen() && current.state !== "ready") {
        store.setState({ [key]: failed(error) } as Partial<DeskState>);
      }
    }
  };
}
