const longestAddress = 2048;

/** Opens a link in the person's browser, if it is a plain https address; says whether it did. */
export function openOutside(
  address: string,
  openExternal: (address: string) => Promise<void>,
): boolean {
  const url = address.length > longestAddress ? null : URL.parse(address);
  if (url === null || url.protocol !== "https:") return false;
  if (url.username !== "" || url.password !== "") return false;
  // A browser that cannot be started is nothing the app could mend; the page stays as it is.
  openExternal(url.href).catch(() => undefined);
  return true;
}
