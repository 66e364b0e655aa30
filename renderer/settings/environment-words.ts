import type { EnvironmentReport } from "../../shared/contract/environment.ts";

/** "2.13.0, CUDA 13.0, bfloat16". */
export function describeTorch(torch: EnvironmentReport["torch"]): string {
  const build = torch.cudaVersion === null ? "CPU build" : `CUDA ${torch.cudaVersion}`;
  return [torch.version, build, ...(torch.supportsBf16 ? ["bfloat16"] : [])].join(", ");
}

/** The packages besides torch, in the order of the alphabet. */
export function packageList(packages: EnvironmentReport["packages"]): string {
  return Object.entries(packages)
    .filter(([name]) => name !== "torch")
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
