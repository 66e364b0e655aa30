/** The scheme and address under which the window's own files are served. */
export const pageScheme = "app";
export const pageHost = "lora-desk";
export const pageAddress = `${pageScheme}://${pageHost}/index.html`;

/** Whether an address belongs to the app's own page. (`URL.origin` is "null" for such schemes.) */
export function isOurPage(address: string): boolean {
  const url = URL.parse(address);
  return (
    url !== null &&
    url.protocol === `${pageScheme}:` &&
    url.host === pageHost &&
    url.username === "" &&
    url.password === ""
  );
}

/** What is needed of Electron's WebFrameMain to tell who speaks. */
export interface SpeakingFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether an IPC message comes from the top frame of the app's own page: no frame inside it may. */
export function isOurFrame(frame: SpeakingFrame | null | undefined): boolean {
  return frame?.parent === null && isOurPage(frame.url);
}
