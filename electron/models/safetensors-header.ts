import { open } from "node:fs/promises";
import { z } from "zod";

/*
 * A safetensors file: 8 bytes length (little endian), that many bytes of JSON which describe each
 * tensor, then the tensors. https://huggingface.co/docs/safetensors describes it; the offsets of the
 * tensors are counted from the end of the JSON.
 */
const LENGTH_BYTES = 8;
/** The format allows 100 MB; headers of the largest models known stay far below this. */
const LONGEST_HEADER_BYTES = 25_000_000;

/** Bytes for one element; formats below a byte are given as fractions. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  I64: 8,
  U64: 8,
  C64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F4: 0.5,
};

const tensorSchema = z.object({
  dtype: z.string().max(20),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

export interface SafetensorsSummary {
  tensors: number;
  /** Elements of each dtype, as the file names it (`BF16`). */
  elements: ReadonlyMap<string, number>;
  /** Of each tensor, by its name. */
  shapes: ReadonlyMap<string, readonly number[]>;
  /** What the header says that the whole file has. */
  expectedBytes: number;
  actualBytes: number;
}

/** Why a file is no whole safetensors file. */
export class SafetensorsError extends Error {
  readonly isTruncated: boolean;
  constructor(message: string, isTruncated = false) {
    super(message);
    this.name = "SafetensorsError";
    this.isTruncated = isTruncated;
  }
}

/**
 * Reads the header only, never the weights.
 * @throws SafetensorsError when the file is not whole; file system errors as they come.
 */
export async function readSafetensorsSummary(filePath: string): Promise<SafetensorsSummary> {
  const file = await open(filePath, "r");
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(LENGTH_BYTES);
    await file.read(start, 0, LENGTH_BYTES, 0);
    const length = headerLength(start, size);
    const header = Buffer.alloc(length);
    const { bytesRead } = await file.read(header, 0, length, LENGTH_BYTES);
    return parseSafetensorsHeader(header.subarray(0, bytesRead), size);
  } finally {
    await file.close();
  }
}

function headerLength(start: Buffer, size: number): number {
  if (size < LENGTH_BYTES) throw new SafetensorsError("it ends within its first 8 bytes", true);
  const length = start.readBigUInt64LE();
  if (length < 2n || length > BigInt(LONGEST_HEADER_BYTES)) {
    throw new SafetensorsError("it does not begin as a safetensors file does");
  }
  if (size < LENGTH_BYTES + Number(length)) {
    throw new SafetensorsError("it ends within its header", true);
  }
  return Number(length);
}

/** `header` is the JSON part; `fileBytes` the size of the whole file. */
export function parseSafetensorsHeader(header: Uint8Array, fileBytes: number): SafetensorsSummary {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    throw new SafetensorsError("its header is not readable");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new SafetensorsError("its header is not readable");
  }
  const elements = new Map<string, number>();
  const shapes = new Map<string, readonly number[]>();
  let tensors = 0;
  let end = 0;
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") continue;
    const tensor = tensorSchema.safeParse(value);
    if (!tensor.success) {
      throw new SafetensorsError(`its header describes “${shorten(name)}” wrongly`);
    }
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = tensor.data;
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = ELEMENT_BYTES[dtype];
    // A dtype that is newer than this list is counted, and its size taken as the file says.
    if (
      !Number.isSafeInteger(count) ||
      to < from ||
      (bytes !== undefined && to - from !== Math.ceil(count * bytes))
    ) {
      throw new SafetensorsError(`its header describes “${shorten(name)}” wrongly`);
    }
    tensors += 1;
    end = Math.max(end, to);
    elements.set(dtype, (elements.get(dtype) ?? 0) + count);
    shapes.set(name, shape);
  }
  const expectedBytes = LENGTH_BYTES + header.byteLength + end;
  if (fileBytes < expectedBytes) {
    throw new SafetensorsError(`it has ${fileBytes} of ${expectedBytes} bytes`, true);
  }
  return { tensors, elements, shapes, expectedBytes, actualBytes: fileBytes };
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name;
}
