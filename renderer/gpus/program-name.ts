/** The program without its folders, on every system; the driver's `[Not Found]` in plain words. */
export function programName(path: string): string {
  if (/^\[.*\]$|^$|^-$/.test(path)) return "Unknown program";
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}
