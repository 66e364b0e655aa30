export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Placement = Rectangle | { readonly width: number; readonly height: number };

export const smallestWindow = { width: 960, height: 640 };
const firstWindow = { width: 1360, height: 880 };

/** So much of the window must lie on a screen that one can take hold of it. */
const visiblePart = { width: 160, height: 80 };

/**
 * Where to open the window: where it was, unless that screen is gone or has shrunk. Without `x`
 * and `y`, Electron centres the window on the main screen.
 */
export function placeWindow(last: Rectangle | null, workAreas: readonly Rectangle[]): Placement {
  const screen = last === null ? undefined : workAreas.find((area) => isReachable(last, area));
  if (last === null || screen === undefined) {
    const main = workAreas[0];
    const wanted = last ?? firstWindow;
    return {
      width: fit(wanted.width, smallestWindow.width, main?.width),
      height: fit(wanted.height, smallestWindow.height, main?.height),
    };
  }
  return {
    x: last.x,
    // The title bar must not lie above the screen.
    y: Math.max(last.y, screen.y),
    width: fit(last.width, smallestWindow.width, undefined),
    height: fit(last.height, smallestWindow.height, undefined),
  };
}

function fit(wanted: number, least: number, most: number | undefined): number {
  return Math.max(least, most === undefined ? wanted : Math.min(wanted, most));
}

function isReachable(window: Rectangle, area: Rectangle): boolean {
  const width = overlap(window.x, window.width, area.x, area.width);
  const height = overlap(window.y, window.height, area.y, area.height);
  return width >= visiblePart.width && height >= visiblePart.height;
}

function overlap(startA: number, lengthA: number, startB: number, lengthB: number): number {
  return Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB);
}
