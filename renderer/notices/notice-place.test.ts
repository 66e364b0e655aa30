import { expect, it } from "vitest";
import { noticePlace } from "./notice-place.ts";

const ID = "0197a000-0000-7000-8000-000000000001";

it("knows jobs and datasets", () => {
  expect(noticePlace(`/jobs/${ID}`)).toEqual({ kind: "job", id: ID });
  expect(noticePlace(`/datasets/${ID}`)).toEqual({ kind: "dataset", id: ID });
});

it.each([null, "", "/gpus", "//evil.example/jobs", `https://x/jobs/${ID}`, "/jobs/../settings"])(
  "takes %s for no place",
  (url) => expect(noticePlace(url)).toBeNull(),
);
