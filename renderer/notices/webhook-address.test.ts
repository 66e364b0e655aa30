import { expect, it } from "vitest";
import { webhookAddress, webhookProblem } from "./webhook-address.ts";

it("shows the host of what the core hides", () => {
  expect(webhookAddress("https://hooks.example.org/hidden-0123456789abcdef")).toBe(
    "https://hooks.example.org/…",
  );
  expect(webhookAddress("http://localhost:9000/told")).toBe("http://localhost:9000/told");
});

it.each(["https://hooks.example.org/x", "http://127.0.0.1:8080/", "http://[::1]/"])(
  "takes %s",
  (url) => expect(webhookProblem(url)).toBeUndefined(),
);

it.each(["hooks", "http://hooks.example.org/x", "ftp://localhost/"])("refuses %s", (url) =>
  expect(webhookProblem(url)).toBeDefined(),
);
