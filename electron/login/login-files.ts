/** The words of each system for "start this with the user's session". */

export type Variables = Readonly<Record<string, string>>;

/**
 * Only the program itself is ended with its unit: trainings are its descendants and go on.
 *
 * @param variables what its environment must say besides.
 */
export function systemdUnit(program: readonly string[], variables: Variables): string {
  return [
    "[Unit]",
    "Description=LoRA Desk: training runs that go on unattended",
    "",
    "[Service]",
    ...Object.entries(variables).map(
      ([name, value]) => `Environment=${systemdWord(`${name}=${value}`, false)}`,
    ),
    `ExecStart=${program.map((word) => systemdWord(word, true)).join(" ")}`,
    "KillMode=process",
    "Restart=on-failure",
    "RestartSec=5",
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
}

/** Specifiers (%) are read everywhere, variables ($) in commands. */
function systemdWord(word: string, isCommand: boolean): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("%", "%%");
  return `"${isCommand ? escaped.replaceAll("$", "$$$$") : escaped}"`;
}

export function desktopEntry(program: readonly string[], variables: Variables): string {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const words = pairs.length === 0 ? program : ["env", ...pairs, ...program];
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=LoRA Desk",
    `Exec=${words.map(desktopWord).join(" ")}`,
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

/** Quoted for the command first, and then once more as any value of such a file. */
function desktopWord(word: string): string {
  const quoted = `"${word.replaceAll(/["`$\\]/g, String.raw`\$&`)}"`;
  return quoted.replaceAll("\\", "\\\\").replaceAll("%", "%%");
}

/** `AbandonProcessGroup`: trainings are its descendants and go on when it ends. */
export function launchAgent(program: readonly string[], variables: Variables): string {
  const words = program.map((word) => `    <string>${xmlText(word)}</string>`);
  const pairs = Object.entries(variables).flatMap(([name, value]) => [
    `    <key>${xmlText(name)}</key>`,
    `    <string>${xmlText(value)}</string>`,
  ]);
  const environment =
    pairs.length === 0
      ? []
      : ["  <key>EnvironmentVariables</key>", "  <dict>", ...pairs, "  </dict>"];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    "<dict>",
    "  <key>Label</key>",
    "  <string>lora-desk</string>",
    "  <key>ProgramArguments</key>",
    "  <array>",
    ...words,
    "  </array>",
    ...environment,
    "  <key>RunAtLoad</key>",
    "  <true/>",
    "  <key>AbandonProcessGroup</key>",
    "  <true/>",
    "</dict>",
    "</plist>",
    "",
  ].join("\n");
}

/** As Windows takes a command line apart. */
export function registryCommand(program: readonly string[]): string {
  return program.map((word) => `"${word.replaceAll('"', '\\"')}"`).join(" ");
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
