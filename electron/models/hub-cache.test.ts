import { expect, test } from "vitest";
import { hubCachePath } from "./hub-cache.ts";

test.each([
  [{}, "/home/me/.cache/huggingface/hub"],
  [{ XDG_CACHE_HOME: "/cache" }, "/cache/huggingface/hub"],
  [{ HF_HOME: "~/hf", XDG_CACHE_HOME: "/cache" }, "/home/me/hf/hub"],
  [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/hf" }, "/old"],
  [{ HF_HUB_CACHE: "/new", HUGGINGFACE_HUB_CACHE: "/old" }, "/new"],
])("with %o the cache is %s", (env, expected) => {
  expect(hubCachePath(env, "/home/me")).toBe(expected);
});
