import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { GraphicsCard } from "./graphics-cards.ts";
import type { GpuQueryAnswer } from "./query-gpus.ts";

type Driver = GpuReport["driver"];

const RESTART_ADVICE =
  "Restart the computer; if that does not help, install the NVIDIA driver again and restart.";

/** Puts what nvidia-smi answered into words that say what to do. */
export function describeDriver(
  answer: GpuQueryAnswer,
  cards: readonly GraphicsCard[],
  platform: NodeJS.Platform,
): Driver {
  switch (answer.kind) {
    case "answered":
      return { state: "ready", version: answer.driverVersion };
    case "not_installed":
      return { state: "missing", message: describeMissing(cards, platform) };
    case "hung":
      return {
        state: "broken",
        message: `The NVIDIA driver does not answer: nvidia-smi gave no reply within ${Math.round(answer.timeoutMs / 1000)} s.`,
        remedy:
          "Save your work and restart the computer: a GPU that hangs rarely recovers by itself. The system log (dmesg, look for “Xid”) says which one it was.",
      };
    case "failed":
      return describeFailure(answer.exitCode, answer.text);
  }
}

/** Exit codes are those that nvidia-smi's manual lists, and NVML's own above them. */
function describeFailure(exitCode: number | null, text: string): Driver {
  const said = firstLines(text);
  if (/version mismatch/i.test(text) || exitCode === 18) {
    return broken(
      `The NVIDIA driver was updated while the old one is still loaded (${said}).`,
      "Restart the computer, so that the new driver is loaded.",
    );
  }
  if (/No devices were found/i.test(text)) {
    return broken(
      "The NVIDIA driver is loaded but finds no GPU.",
      "Check that the card is seated and powered (and, in a virtual machine or container, handed through), then restart. The system log (dmesg) says what the driver found.",
    );
  }
  if (exitCode === 9 || /couldn't communicate with the NVIDIA driver/i.test(text)) {
    return broken(
      "nvidia-smi is installed, but the NVIDIA driver is not loaded.",
      "Restart the computer. If it stays so after a kernel update, install the driver again so that its kernel module is rebuilt; with Secure Boot the module must be signed (mokutil).",
    );
  }
  if (exitCode === 15 || /fallen off the bus|GPU is lost|device handle/i.test(text)) {
    return broken(
      `A GPU has become inaccessible (${said}).`,
      "Restart the computer. If it happens again, check the card's power cables, seating and temperature.",
    );
  }
  if (exitCode === 12) {
    return broken(
      "The NVIDIA driver's library (NVML, libnvidia-ml) was not found.",
      "Install the NVIDIA driver again; in a container, start it with GPU access (for example --gpus all).",
    );
  }
  if (exitCode === 4 || /insufficient permissions/i.test(text)) {
    return broken(
      "This user may not use the NVIDIA driver.",
      "Ask the machine's administrator for access to /dev/nvidia* (often the group “video” or “render”), then sign in again.",
    );
  }
  if (/Failed to initialize NVML/i.test(text)) {
    return broken(
      `The NVIDIA driver cannot be reached (${said}).`,
      "In a container: start the container again, with GPU access. Otherwise restart the computer.",
    );
  }
  return broken(
    `nvidia-smi failed${exitCode === null ? "" : ` with exit code ${exitCode}`}${said === "" ? "." : ` (${said}).`}`,
    RESTART_ADVICE,
  );
}

function describeMissing(cards: readonly GraphicsCard[], platform: NodeJS.Platform): string {
  const nvidia = cards.filter((card) => card.isNvidia);
  if (platform === "darwin")
    return "Macs have no NVIDIA GPU to train on. Training runs on the CPU.";
  if (nvidia.length > 0) {
    const names = nvidia.map((card) => card.model || card.vendor).join(", ");
    return `This machine has an NVIDIA card (${names}) but no NVIDIA driver, so training runs on the CPU. ${installAdvice(platform)}`;
  }
  return "No NVIDIA GPU was found on this machine (nvidia-smi is not installed). Training runs on the CPU.";
}

function installAdvice(platform: NodeJS.Platform): string {
  return platform === "win32"
    ? "To train on it, install NVIDIA's driver for the card and restart."
    : "To train on it, install the NVIDIA driver of your distribution (Ubuntu: sudo ubuntu-drivers install; Debian: sudo apt install nvidia-driver) and restart.";
}

function broken(message: string, remedy: string): Driver {
  return { state: "broken", message, remedy };
}

function firstLines(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => line !== "").slice(0, 2);
  return said.join("; ").slice(0, 300).replace(/\.$/, "");
}
