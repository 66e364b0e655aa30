import { expect, test } from "vitest";
import { pythonProcessEnv } from "./python-process-env.ts";

test("keeps how the network is reached and drops what belongs to another Python", () => {
  const env = pythonProcessEnv({
    HTTPS_PROXY: "http://proxy",
    PIP_INDEX_URL: "https://mirror",
    PIP_USER: "1",
    PythonHome: "C:\\Other",
    PYTHONPATH: "/other",
    VIRTUAL_ENV: "/venv",
  });
  expect(env).toMatchObject({ HTTPS_PROXY: "http://proxy", PIP_INDEX_URL: "https://mirror" });
  for (const gone of ["PIP_USER", "PythonHome", "PYTHONPATH", "VIRTUAL_ENV"]) {
    expect(env).not.toHaveProperty(gone);
  }
});
