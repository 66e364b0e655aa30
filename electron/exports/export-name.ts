const LONGEST = 60;
const FALLBACK = "adapter";

/**
 * The name of what is exported: fit for a folder on every platform, for an Ollama model and for a
 * module of vLLM. `Crème brûlée (v2)` → `creme-brulee-v2`
 */
export function exportName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/-{2,}/g, "-");
  const name = trimmed(trimmed(plain).slice(0, LONGEST));
  // Windows keeps these names for devices.
  return name === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(name) ? FALLBACK : name;
}

function trimmed(name: string): string {
  return name.replace(/^[-._]+/, "").replace(/[-._]+$/, "");
}
