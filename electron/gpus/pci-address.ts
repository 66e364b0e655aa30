/**
 * nvidia-smi writes `00000000:3B:00.0`, the kernel's log `PCI:0000:3b:00`, older logs `0000:3B:00`.
 *
 * @returns the one form that we compare, "0000:3b:00"; null for what is no address.
 */
export function pciAddress(text: string | undefined): string | null {
  const match = /^(?:PCI:)?([\da-f]{4,8}):([\da-f]{2}):([\da-f]{2})(?:\.[\da-f]{1,2})?$/i.exec(
    text?.trim() ?? "",
  );
  if (match === null) return null;
  const [, domain = "", bus, device] = match;
  const shortDomain = Number.parseInt(domain, 16).toString(16).padStart(4, "0");
  return `${shortDomain}:${bus}:${device}`.toLowerCase();
}
