import { extname } from "node:path";

export const MAX_NAME_LENGTH = 200;

/** What a dataset is called when nobody says: the file's name without its extension. */
export function nameOfFile(fileName: string): string {
  const name = fileName.slice(0, fileName.length - extname(fileName).length).trim();
  return (name === "" ? fileName : name).slice(0, MAX_NAME_LENGTH).toWellFormed();
}

/** The name, or the first of "name (2)", "name (3)", … that is not taken. */
export function uniqueName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; isTaken(name); number++) {
    const ending = ` (${number})`;
    name = wanted.slice(0, MAX_NAME_LENGTH - ending.length).toWellFormed() + ending;
  }
  return name;
}
