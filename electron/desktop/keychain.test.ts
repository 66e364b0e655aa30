import { expect, test } from "vitest";
import { FakeSafeStorage } from "./fake-electron.ts";
import { openKeychain } from "./keychain.ts";

const logged: string[] = [];
const log = (message: string) => void logged.push(message);

test("what it seals is unreadable, and it alone opens it", () => {
  const keychain = openKeychain(new FakeSafeStorage("gnome_libsecret"), log);
  const sealed = keychain?.seal("token-canary") ?? Buffer.from("token-canary");
  expect(sealed.toString("latin1")).not.toContain("canary");
  expect(keychain?.open(sealed)).toBe("token-canary");
  expect(() => keychain?.open(Buffer.from("something else"))).toThrow("decrypting");
});

test("where there is none, that is said, and none is pretended", () => {
  const storage = new FakeSafeStorage("gnome_libsecret");
  storage.isAvailable = false;
  logged.length = 0;
  expect(openKeychain(storage, log)).toBeNull();
  expect(logged.join()).toContain("No keychain");
});

test.runIf(process.platform === "linux")("a keyring in plain text is none", () => {
  expect(openKeychain(new FakeSafeStorage("basic_text"), log)).toBeNull();
});
