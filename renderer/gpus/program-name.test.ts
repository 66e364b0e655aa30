import { expect, it } from "vitest";
import { programName } from "./program-name.ts";

it.each([
  ["/opt/train/bin/python3", "python3"],
  ["C:\\Python312\\python.exe", "python.exe"],
  ["/home/lee/bin/serve, fast", "serve, fast"],
  ["Xorg", "Xorg"],
  ["[Not Found]", "Unknown program"],
  ["[Insufficient Permissions]", "Unknown program"],
  ["", "Unknown program"],
])("%s", (path, name) => {
  expect(programName(path)).toBe(name);
});
