export interface XidMeaning {
  title: string;
  advice: string;
  canRetryHelp: boolean;
}

const RESTART = "Restart the computer before the next run on this GPU.";
const FAULTY_MEMORY =
  "If it comes again, the card's memory is failing: run NVIDIA's field diagnostics, and have the card replaced.";
const CHECK_CARD =
  "Check the card's seating, power cables, power supply and temperature. If it comes again, the card may be failing.";
const PROGRAM_FAULT =
  "The run may be started again. If it fails at the same step, suspect the program (its CUDA extensions, the versions of torch and driver); if it fails at changing ones, the card (overclocking, heat).";

/** After NVIDIA's list of Xid errors, in words for the person whose run has ended. */
const MEANINGS: ReadonlyMap<number, XidMeaning> = new Map([
  [8, retriable("The GPU stopped answering a program", PROGRAM_FAULT)],
  [13, retriable("A program's GPU code failed", PROGRAM_FAULT)],
  [31, retriable("A program reached for GPU memory that is not its own", PROGRAM_FAULT)],
  [32, retriable("Commands reached the GPU damaged", `${PROGRAM_FAULT} ${CHECK_CARD}`)],
  [38, final("The GPU's firmware failed", RESTART)],
  [43, retriable("The GPU stopped working for one program", PROGRAM_FAULT)],
  [
    45,
    retriable(
      "A program's work on the GPU was cleared away",
      "This follows from another error, or from the program having been ended. The run may be started again.",
    ),
  ],
  [46, final("The GPU stopped working", `${RESTART} ${CHECK_CARD}`)],
  [48, final("GPU memory holds an error that cannot be corrected", `${RESTART} ${FAULTY_MEMORY}`)],
  [61, final("A controller inside the GPU failed", `${RESTART} ${CHECK_CARD}`)],
  [62, final("A controller inside the GPU halted", `${RESTART} ${CHECK_CARD}`)],
  [
    63,
    retriable(
      "The GPU has marked faulty memory to leave it out",
      `The run may go on; the memory is left out from the next restart of the computer on. ${FAULTY_MEMORY}`,
    ),
  ],
  [64, final("Faulty GPU memory could not be left out", `${RESTART} ${FAULTY_MEMORY}`)],
  [69, retriable("A program's GPU code failed", PROGRAM_FAULT)],
  [
    74,
    final(
      "The NVLink between GPUs failed",
      `${RESTART} Check that the NVLink bridge or the cards sit firmly. Runs on one GPU may still work.`,
    ),
  ],
  [79, final("The GPU has fallen off the bus", `${RESTART} ${CHECK_CARD}`)],
  [
    92,
    retriable(
      "GPU memory corrects many single-bit errors",
      `The run goes on, its results are right. ${FAULTY_MEMORY}`,
    ),
  ],
  [
    94,
    retriable(
      "GPU memory failed under one program",
      `The error was contained: only that program is affected, and it may be started again. ${FAULTY_MEMORY}`,
    ),
  ],
  [95, final("GPU memory failed under all programs of the card", `${RESTART} ${FAULTY_MEMORY}`)],
  [109, retriable("The GPU could not change between programs in time", PROGRAM_FAULT)],
  [
    119,
    final(
      "The GPU's system processor does not answer the driver",
      `${RESTART} If it comes again, update the NVIDIA driver.`,
    ),
  ],
  [
    120,
    final(
      "The GPU's system processor failed",
      `${RESTART} If it comes again, update the NVIDIA driver.`,
    ),
  ],
  [140, final("GPU memory holds errors that were not recovered", `${RESTART} ${FAULTY_MEMORY}`)],
  [143, final("The GPU could not be started", `${RESTART} ${CHECK_CARD}`)],
]);

export function meaningOfXid(xid: number): XidMeaning {
  return (
    MEANINGS.get(xid) ??
    retriable(
      `The NVIDIA driver reports error ${xid}`,
      `NVIDIA's list of Xid errors says what ${xid} stands for. The run may be started again; if the error returns, restart the computer.`,
    )
  );
}

function retriable(title: string, advice: string): XidMeaning {
  return { title, advice, canRetryHelp: true };
}

function final(title: string, advice: string): XidMeaning {
  return { title, advice, canRetryHelp: false };
}
