import { expect, it } from "vitest";
import { commandOf, commandText } from "./command-lines.ts";

it("keeps arguments with spaces whole", () => {
  const command = ["/opt/tell me", "--to", "the whole team"];
  expect(commandOf(commandText(command))).toEqual(command);
});

it("takes blank lines for none", () => {
  expect(commandOf("\n  \n")).toBeNull();
  expect(commandText(null)).toBe("");
});
