export interface InstallProgress {
  message: string;
  /** Of the installation, 0 to 1; never less than before. */
  share: number;
}

/** The rest is unpacking, which takes long for torch and is silent. */
const DOWNLOAD_SHARE = 0.7;
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/**
 * Reads the lines of `pip install` (plain or with `--progress-bar raw`) and of `uv pip install`.
 * How much there is to download is not known before it is over, so `expectedBytes` is a guess that
 * gives way when more comes.
 *
 * @returns a reader that answers null for a line that says nothing of progress.
 */
export function createInstallProgress(
  expectedBytes: number,
): (line: string) => InstallProgress | null {
  let finishedBytes = 0;
  let current: { name: string; bytes: number; received: number } | null = null;
  const started = new Map<string, number>();
  let share = 0;
  let message = "Looking up packages";

  const finishCurrent = (): void => {
    if (current !== null) finishedBytes += current.bytes;
    current = null;
  };
  const advance = (to: number, text: string): InstallProgress => {
    share = Math.min(1, Math.max(share, to));
    message = text;
    return { message, share };
  };
  const downloaded = (): number => {
    const bytes = finishedBytes + (current?.received ?? 0);
    const total = Math.max(expectedBytes, bytes * 1.05, 1);
    return (DOWNLOAD_SHARE * bytes) / total;
  };

  return (line) => {
    const raw = /^Progress (\d{1,15}) of (\d{1,15})$/.exec(line);
    if (raw !== null) {
      if (current === null) return null;
      current.bytes = Math.max(current.bytes, Number(raw[2]));
      current.received = Math.min(Number(raw[1]), current.bytes);
      return advance(downloaded(), message);
    }

    const pip = /^\s*(Downloading|Using cached) (\S+)\.(?:whl|tar\.gz|zip) \((.+)\)$/.exec(line);
    if (pip !== null) {
      finishCurrent();
      const name = packageOf(pip[2] ?? "");
      const bytes = sizeInBytes(pip[3] ?? "");
      const isCached = pip[1] === "Using cached";
      current = { name, bytes, received: isCached ? bytes : 0 };
      return advance(
        downloaded(),
        isCached ? `Taking ${name} from the cache` : `Downloading ${name} (${pip[3]})`,
      );
    }

    const uv = /^\s*(Downloading|Downloaded) ([\w.-]+)(?: \((.+)\))?$/.exec(line);
    if (uv !== null) {
      const name = uv[2] ?? "";
      if (uv[1] === "Downloading") {
        started.set(name, sizeInBytes(uv[3] ?? ""));
        return advance(
          downloaded(),
          `Downloading ${name}${uv[3] === undefined ? "" : ` (${uv[3]})`}`,
        );
      }
      finishedBytes += started.get(name) ?? 0;
      started.delete(name);
      return advance(downloaded(), `Downloaded ${name}`);
    }

    const collecting = /^Collecting ([\w.-]+)/.exec(line);
    if (collecting !== null) {
      finishCurrent();
      return advance(downloaded(), `Looking up ${collecting[1]}`);
    }
    const resolved = /^Resolved (\d+) packages?/.exec(line);
    if (resolved !== null) return advance(share, `Downloading ${resolved[1]} packages`);
    const installing = /^Installing collected packages: (.+)$/.exec(line);
    if (installing !== null) {
      finishCurrent();
      const count = (installing[1] ?? "").split(",").length;
      return advance(DOWNLOAD_SHARE, `Installing ${count} packages`);
    }
    if (/^Prepared \d+ packages?/.test(line)) return advance(DOWNLOAD_SHARE, "Installing packages");
    if (/^(Successfully installed|Installed \d+ packages?)/.test(line)) {
      return advance(1, "Packages are installed");
    }
    return null;
  };
}

/** `torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64` → `torch 2.13.0`. */
function packageOf(fileName: string): string {
  const [name = fileName, version] = fileName.split("-");
  return version === undefined ? name : `${name} ${version}`;
}

function sizeInBytes(text: string): number {
  const match = /^(\d{1,6}(?:\.\d+)?) ?([kKMG]?i?B)$/.exec(text.trim());
  if (match === null) return 0;
  return Math.round(Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0));
}
