import { AppError } from "../../shared/app-error.ts";

interface Cause {
  pattern: RegExp;
  message: string;
  remedy: string;
}

/** In order: the first that matches is nearest to the cause. */
const CAUSES: readonly Cause[] = [
  {
    pattern:
      /No space left on device|Errno 28|os error 28|There is not enough space on the disk|os error 112/i,
    message: "The disk is full.",
    remedy: "Free some space (the CUDA build of torch needs about 6 GB) and build again.",
  },
  {
    pattern: /Disk quota exceeded|Errno 122/i,
    message: "Your disk quota is used up.",
    remedy: "Free some space, or set LORA_DESK_HOME to a folder on another disk, and build again.",
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate|self.signed certificate/i,
    message: "The package index's certificate is not trusted.",
    remedy:
      "If your network has its own certificate authority, set PIP_CERT (and SSL_CERT_FILE for uv) to its certificate file and build again.",
  },
  {
    pattern: /\b407\b|ProxyError|Proxy Authentication Required/i,
    message: "The network's proxy refused the download.",
    remedy:
      "Set HTTPS_PROXY to your proxy, with user name and password if it asks for them, and build again.",
  },
  {
    pattern:
      /name resolution|getaddrinfo failed|nodename nor servname|dns error|Network is unreachable|NewConnectionError|Connection refused|Could not connect|ConnectTimeout|Read timed out|ConnectionResetError|error sending request|Failed to fetch|IncompleteRead|operation timed out/i,
    message: "The packages could not be downloaded.",
    remedy:
      "This one step needs a network. Connect and build again: what is already downloaded is kept. Without a network, install the packages by other means and choose that Python in Settings.",
  },
  {
    pattern:
      /No matching distribution found|Could not find a version|No solution found|has no wheels|requires a different Python/i,
    message: "A package is not published for this Python or this platform.",
    remedy:
      "Install 64-bit Python 3.12 and build again; if you use a package mirror, check that it has these versions.",
  },
  {
    pattern: /Permission denied|Errno 13|Access is denied|os error (5|13)\b|Read-only file system/i,
    message: "A file could not be written.",
    remedy:
      "Check that the data folder belongs to you and that no program (a virus scanner, a running training) holds its files, then build again.",
  },
];

/** Puts the output of a failed installation into words. `step` completes “… failed while”. */
export function installFailure(
  step: string,
  exitCode: number | null,
  lines: readonly string[],
  logPath: string,
): AppError {
  const text = lines.join("\n");
  const cause = CAUSES.find(({ pattern }) => pattern.test(text));
  const said = lines.filter((line) => /error|fail/i.test(line)).at(-1) ?? lines.at(-1) ?? "";
  const code = exitCode === null ? "it was ended from outside" : `exit code ${exitCode}`;
  const message =
    cause === undefined
      ? `Building the training environment failed while ${step} (${code}${said === "" ? "" : `: ${said.trim().slice(0, 300)}`}). Read ${logPath}, then build again.`
      : `Building the training environment failed while ${step}. ${cause.message} ${cause.remedy} The full output is in ${logPath}.`;
  return new AppError("environment", message, { details: { lastLines: lines.slice(-20) } });
}
