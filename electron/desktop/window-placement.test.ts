import { expect, test } from "vitest";
import { placeWindow } from "./window-placement.ts";

const main = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 2560, height: 1400 };

test("the first window is centred and fits the screen", () => {
  expect(placeWindow(null, [main])).toEqual({ width: 1360, height: 880 });
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1280, height: 720 }])).toEqual({
    width: 1280,
    height: 720,
  });
});

test("a window comes back to where it was, on its own screen", () => {
  const last = { x: 2000, y: 100, width: 1600, height: 1000 };
  expect(placeWindow(last, [main, second])).toEqual(last);
});

test("a window whose screen is gone keeps its size and is centred on the main screen", () => {
  const last = { x: 2000, y: 100, width: 1600, height: 1200 };
  expect(placeWindow(last, [main])).toEqual({ width: 1600, height: 1040 });
});

test("a window of which only a sliver is left on a screen is brought back", () => {
  const last = { x: 1900, y: 100, width: 1000, height: 700 };
  expect(placeWindow(last, [main])).toEqual({ width: 1000, height: 700 });
});

test("the title bar never lies above the screen, and no window is too small", () => {
  const last = { x: 100, y: -300, width: 500, height: 500 };
  expect(placeWindow(last, [main])).toEqual({ x: 100, y: 0, width: 960, height: 640 });
});
