import { expect, test } from "vitest";
import { installFailure } from "./install-failure.ts";

const messageFor = (...lines: string[]): string =>
  installFailure("installing the packages", 1, lines, "/home/me/build.log").message;

test.each([
  [
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "disk is full",
  ],
  [
    "WARNING: Retrying after connection broken by 'NewConnectionError(… [Errno -3] Temporary failure in name resolution')'",
    "needs a network",
  ],
  ["error: Failed to fetch: `https://index/torch/`\n  Caused by: dns error", "needs a network"],
  [
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate in certificate chain'))",
    "PIP_CERT",
  ],
  [
    "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))",
    "HTTPS_PROXY",
  ],
  ["ERROR: No matching distribution found for torch==2.13.0", "Python 3.12"],
  [
    "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'",
    "belongs to you",
  ],
])("%s", (line, advice) => {
  const message = messageFor("Collecting torch", line, "the end");
  expect(message).toContain(advice);
  expect(message).toContain("/home/me/build.log");
});

test("without a network the network is named, though pip goes on to say that nothing matches", () => {
  expect(
    messageFor(
      "WARNING: Retrying … NewConnectionError … Failed to establish a new connection",
      "ERROR: Could not find a version that satisfies the requirement torch==2.13.0",
      "ERROR: No matching distribution found for torch==2.13.0",
    ),
  ).toContain("needs a network");
});

test("an unknown failure hands on the line that says most, and the last lines", () => {
  const lines = ["a", "Error: odd", "b"];
  const error = installFailure("creating the virtual environment", 3, lines, "/log");
  expect(error.message).toContain("exit code 3: Error: odd");
  expect(error.details).toEqual({ lastLines: ["a", "Error: odd", "b"] });
});
