import type { MenuItemConstructorOptions } from "electron";

/** Where menu entries lead: hashes of the window's router. */
export const places = {
  newJob: "#/jobs/new",
  datasets: "#/datasets",
  settings: "#/settings",
} as const;

export interface MenuActions {
  navigate(place: string): void;
  showDataFolder(): void;
}

/** The native menu: the platform's usual entries, and the app's few places worth a shortcut. */
export function createMenuTemplate(
  platform: NodeJS.Platform,
  appName: string,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const settings: MenuItemConstructorOptions = {
    label: "Settings…",
    accelerator: "CmdOrCtrl+,",
    click: () => actions.navigate(places.settings),
  };
  const appMenu: MenuItemConstructorOptions = {
    label: appName,
    submenu: [
      { role: "about" },
      { type: "separator" },
      settings,
      { type: "separator" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
  return [
    ...(isMac ? [appMenu] : []),
    {
      label: "&File",
      submenu: [
        {
          label: "New job",
          accelerator: "CmdOrCtrl+N",
          click: () => actions.navigate(places.newJob),
        },
        {
          label: "Import dataset",
          accelerator: "CmdOrCtrl+I",
          click: () => actions.navigate(places.datasets),
        },
        { type: "separator" },
        { label: "Show data folder", click: () => actions.showDataFolder() },
        { type: "separator" },
        ...(isMac ? [] : [settings, { type: "separator" } as const]),
        { role: isMac ? "close" : "quit" },
      ],
    },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        { role: "reload" },
        { role: "toggleDevTools" },
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
      ],
    },
    { role: "windowMenu" },
  ];
}
