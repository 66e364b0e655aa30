import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gpuFaultSchema } from "../../shared/contract/gpus.ts";
import { parseXid } from "./parse-xid.ts";
import { pciAddress } from "./pci-address.ts";
import { meaningOfXid } from "./xid-table.ts";

describe("what drivers of several years write", () => {
  test.each([
    [
      "NVRM: Xid (PCI:0000:01:00): 79, pid=1234, name=python, GPU has fallen off the bus.",
      { pci: "0000:01:00", xid: 79, pid: 1234, processName: "python" },
      "GPU has fallen off the bus.",
    ],
    [
      "NVRM: Xid (PCI:0000:3B:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
      { pci: "0000:3b:00", xid: 79, pid: null, processName: null },
      "GPU has fallen off the bus.",
    ],
    [
      "NVRM: Xid (PCI:0000:c1:00): 31, pid=88, name=python3.11, Ch 00000008, intr 10000000. MMU Fault: ENGINE GRAPHICS",
      { pci: "0000:c1:00", xid: 31, pid: 88, processName: "python3.11" },
      "Ch 00000008, intr 10000000. MMU Fault: ENGINE GRAPHICS",
    ],
    [
      "NVRM: Xid (0000:02:00): 13, 0003 00000000 00009097 00001614 00000000 00000000",
      { pci: "0000:02:00", xid: 13, pid: null, processName: null },
      "0003 00000000 00009097 00001614 00000000 00000000",
    ],
    [
      "NVRM: Xid (PCI:0000:19:00 GPU-I:05): 94, pid=7, name=train, Contained: SM (0x1)",
      { pci: "0000:19:00", xid: 94, pid: 7, processName: "train" },
      "Contained: SM (0x1)",
    ],
    [
      "NVRM: Xid (PCI:0000:07:00): 45, pid=3",
      { pci: "0000:07:00", xid: 45, pid: 3, processName: null },
      "",
    ],
  ])("%s", (message, facts, text) => {
    expect(parseXid(message)).toEqual({ ...facts, text });
  });

  test.each([
    "NVRM: GPU at PCI:0000:3b:00: GPU-5c2a1d90-0a7b-4b6e-9f0e-2f6d8f4c1a01",
    "nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 24007, Fatal",
    "NVRM: Xid (PCI:0000:01:00): , pid=1",
    "NVRM: Xid (somewhere): 79, gone",
    "",
  ])("no Xid: %s", (message) => expect(parseXid(message)).toBeNull());
});

test("any line is read without an error, and what is found satisfies the contract", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom("NVRM: Xid (", "PCI:", "0000:3b:00", "): ", "79", ", pid=", "name=", "'", "<"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const found = parseXid(pieces.join(""));
      if (found === null) return;
      const fault = { id: "1", at: "2026-01-01T00:00:00.000Z", uuid: null, ...found };
      expect(gpuFaultSchema.safeParse({ ...fault, ...meaningOfXid(found.xid) }).success).toBe(true);
    }),
  );
});

test("figures survive the way through", () => {
  const hex = (digits: number) =>
    fc.nat(16 ** digits - 1).map((value) => value.toString(16).padStart(digits, "0"));
  fc.assert(
    fc.property(
      hex(4),
      hex(2),
      hex(2),
      fc.nat(9999),
      fc.integer({ min: 1, max: 4_194_304 }),
      (...facts) => {
        const [domain, bus, device, xid, pid] = facts;
        const message = `NVRM: Xid (PCI:${domain}:${bus}:${device}): ${xid}, pid=${pid}, name=a b, text`;
        expect(parseXid(message)).toMatchObject({
          pci: `${domain}:${bus}:${device}`,
          xid,
          pid,
          processName: "a b",
          text: "text",
        });
        expect(pciAddress(`0000${domain}:${bus}:${device}.0`.toUpperCase())).toBe(
          `${domain}:${bus}:${device}`,
        );
      },
    ),
  );
});

test("a lost GPU is not tried again, a failed program is, and an unknown error has words too", () => {
  expect(meaningOfXid(79).canRetryHelp).toBe(false);
  expect(meaningOfXid(48).canRetryHelp).toBe(false);
  expect(meaningOfXid(31).canRetryHelp).toBe(true);
  expect(meaningOfXid(94).canRetryHelp).toBe(true);
  expect(meaningOfXid(9999).advice).toContain("9999");
});
