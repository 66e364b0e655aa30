/** What a shell may have set for another Python and what would lead ours astray. */
const LEFT_OUT = [
  "PYTHONHOME",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "PIP_USER",
  "PIP_TARGET",
  "PIP_PREFIX",
  "PIP_REQUIRE_VIRTUALENV",
  "__PYVENV_LAUNCHER__",
];

/**
 * The environment in which the app runs a Python: what the user set for networks and package
 * sources stays, what ties to another Python goes, output comes at once and in UTF-8.
 */
export function pythonProcessEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !LEFT_OUT.includes(name.toUpperCase()));
  return {
    ...Object.fromEntries(kept),
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    NO_COLOR: "1",
  };
}
