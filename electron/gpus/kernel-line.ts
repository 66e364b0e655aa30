export interface KernelLine {
  message: string;
  /** Microseconds since the computer started, as the kernel stamped it. */
  monotonicUs: number;
}
