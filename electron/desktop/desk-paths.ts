import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface DeskPaths {
  readonly preload: string;
  readonly renderer: string;
  readonly trainer: string;
  /** What a Supabase project must contain, for the check of it. */
  readonly supabase: string;
  readonly importWorker: URL;
  readonly icon: string | null;
}

export interface WhereWeAre {
  /** The folder of the built main.js: `out/main` in the project or inside the archive. */
  readonly mainPath: string;
  readonly isPackaged: boolean;
  /** Where the packaged app keeps what lies beside its archive. */
  readonly resourcesPath: string;
}

/** Where the parts of the built app lie; electron-builder.yml puts them there. */
export function findDeskPaths({ mainPath, isPackaged, resourcesPath }: WhereWeAre): DeskPaths {
  const project = join(mainPath, "../..");
  const beside = isPackaged ? resourcesPath : project;
  return {
    preload: join(mainPath, "../preload/preload.cjs"),
    renderer: join(mainPath, "../renderer"),
    trainer: join(beside, "electron/trainer"),
    supabase: join(beside, "supabase"),
    // A worker thread starts from a real file, so it lies outside of the archive.
    importWorker: pathToFileURL(
      join(mainPath, "import-worker.mjs").replace(/app\.asar(?=[\\/])/, "app.asar.unpacked"),
    ),
    // A packaged app has its icon from the system.
    icon: isPackaged ? null : join(project, "electron/desktop/icon.png"),
  };
}
