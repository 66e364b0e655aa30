/** Space, tab, line feed, carriage return: what may stand between the values of JSON. */
export function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b && byte !== 0x0c);
}

/** A line of only these is passed over: vertical tabs and form feeds do not fill one either. */
export function isBlankByte(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

export function isBlankLine(line: Buffer): boolean {
  for (const byte of line) {
    if (!isBlankByte(byte)) return false;
  }
  return true;
}
