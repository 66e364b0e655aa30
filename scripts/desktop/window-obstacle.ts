export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Undefined where users have no numbers (Windows). */
  readonly userId: number | undefined;
  readonly args: readonly string[];
}

const useBrowser = "Or use the app in a browser: npm run serve";

/** Why no window can be opened here, with what to do about it; null where nothing stands against. */
export function findWindowObstacle(where: Surroundings): string | null {
  if (where.platform !== "linux") return null;
  if (!where.env["DISPLAY"] && !where.env["WAYLAND_DISPLAY"]) {
    return [
      "There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.",
      "Start LoRA Desk from a desktop session (or over `ssh -X`).",
      `${useBrowser}\nIt prints a link; over SSH, forward its port: ssh -L PORT:127.0.0.1:PORT HOST`,
    ].join("\n");
  }
  if (where.userId === 0 && !where.args.includes("--no-sandbox")) {
    return [
      "You are root, and Chromium's sandbox does not work for root.",
      "Start LoRA Desk as an ordinary user.",
      "If this machine has none, and you accept that the window is not sandboxed:",
      "  npm start -- --no-sandbox",
      useBrowser,
    ].join("\n");
  }
  return null;
}
