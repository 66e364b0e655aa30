import type { Session, WebContents } from "electron";
import { isOurPage } from "./our-page.ts";

/** The page may copy text to the clipboard (paths, commands); nothing else is ever granted. */
const grantedPermission = "clipboard-sanitized-write";

/** Keeps every page of the app on our own address: no other place, no second window, no webview. */
export function guardContents(
  contents: WebContents,
  openOutside: (address: string) => boolean,
): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: "deny" };
  });
  contents.on("will-navigate", (event) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    openOutside(event.url);
  });
  contents.on("will-frame-navigate", (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
}

/** Refuses cameras, devices, notifications, downloads from elsewhere and the like. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(permission === grantedPermission && isOurPage(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return permission === grantedPermission && isOurPage(origin);
  });
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event, item) => {
    const address = item.getURL();
    if (!isOurPage(address.startsWith("blob:") ? address.slice("blob:".length) : address)) {
      event.preventDefault();
    }
  });
}
