/** What to install, in the words of the platform, when there is no Python or no venv module. */
export function pythonRemedy(
  platform: NodeJS.Platform,
  missing: "python" | "venv",
  version?: readonly [number, number, number],
): string {
  switch (platform) {
    case "win32":
      return missing === "python"
        ? "Install 64-bit Python 3.12 from python.org (tick “Add python.exe to PATH”), then try again."
        : "Repair this Python with its installer (choose “pip” and the standard library), then try again.";
    case "darwin":
      return "Install Python 3.12 from python.org or with Homebrew (brew install python@3.12), then try again.";
    default: {
      if (missing === "python") {
        return "Install it (Debian, Ubuntu: sudo apt install python3 python3-venv; Fedora: sudo dnf install python3.12; Arch: sudo pacman -S python), then try again.";
      }
      const named =
        version === undefined ? "python3-venv" : `python${version[0]}.${version[1]}-venv`;
      return `Install them (Debian, Ubuntu: sudo apt install ${named}), then try again.`;
    }
  }
}
