import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import { markRead } from "./notices-slice.ts";
import type { NoticeList } from "./notices-slice.ts";

export type NoticeDesk = {
  readonly notices: Loadable<NoticeList>;
  /** Null marks all. */
  readonly markRead: (id: string | null) => void;
};

/** What has been told. That one is read shows at once. */
export function useNotices(): NoticeDesk {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const notices = useDesk((state) => state.notices);
  const mark = useAction(async (id: string | null) => {
    const before = store.getState().notices;
    store.setState((state) => markRead(state, id));
    try {
      await client.request("notices.markRead", { id });
    } catch (error) {
      store.setState({ notices: before });
      throw error;
    }
  }, notify.failed);
  return { notices, markRead: mark.run };
}
