import { resolve } from "node:path";
import type { Command } from "commander";
import type { EnvironmentStatus } from "../../../shared/contract/environment.ts";
import type { GpuReport } from "../../../shared/contract/gpus.ts";
import type { BaseModel } from "../../../shared/contract/models.ts";
import { prepareEnvironment, prepareTinyModel } from "../../quickstart/prepare-run.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { bar, compact, StatusLine, table } from "../terminal.ts";

/** `gpus`, `models` and `env`: what this machine has to train with. */
export function addMachineCommands(program: Command, run: RunWithCore): void {
  program
    .command("gpus")
    .description("show the GPUs, or the CPU that trains without one")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const report = await client.request("gpus.report", {});
        print(isJson, { ok: true, ...report }, () => describeGpus(report));
      }),
    );

  const models = program.command("models").description("base models found on this machine");
  models
    .command("list")
    .description("scan the folders and the Hugging Face cache")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const library = await client.request("models.scan", {});
        print(isJson, { ok: true, ...library }, () =>
          library.models.length === 0
            ? `No base models found in ${library.hubCachePath} or the app's folders. Make the tiny one: lora-desk models create-tiny`
            : table(
                ["NAME", "STATUS", "PARAMETERS", "CONTEXT", "PATH"],
                library.models.map(modelRow),
              ),
        );
      }),
    );
  models
    .command("create-tiny")
    .description("make the tiny base model for trying things out")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const line = new StatusLine();
        await prepareEnvironment(client, showOn(line));
        const model = await prepareTinyModel(client, showOn(line));
        line.clear();
        print(isJson, { ok: true, model }, () => `${model.name}: ${model.path}`);
      }),
    );

  const env = program.command("env").description("the Python environment that trains");
  env
    .command("doctor")
    .description("check the environment by importing its packages")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const status = await client.request("environment.check", {});
        const isReady = status.state === "ready";
        print(isJson, { ok: isReady, ...status }, () => describeEnvironment(status));
        if (!isReady) process.exitCode = 1;
      }),
    );
  env
    .command("build")
    .description("build the app's own environment")
    .option("--fresh", "remove the present one first")
    .option("--json", "print one JSON line")
    .action((options: { fresh?: boolean; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const line = new StatusLine();
        if (options.fresh === true) await client.request("environment.build", { isFresh: true });
        const status = await prepareEnvironment(client, showOn(line));
        line.clear();
        print(isJson, { ok: true, ...status }, () => describeEnvironment(status));
      }),
    );
  env
    .command("llama-cpp <folder>")
    .description("say where llama.cpp's source is, whose converters write GGUF; `none` forgets it")
    .option("--json", "print one JSON line")
    .action((folder: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const llamaCppPath = folder === "none" ? null : resolve(folder);
        const settings = await client.request("settings.update", { llamaCppPath });
        print(isJson, { ok: true, ...settings }, () =>
          settings.llamaCppPath === null
            ? "No llama.cpp is set."
            : `GGUF is written with ${settings.llamaCppPath}`,
        );
      }),
    );
  env
    .command("use <python>")
    .description("use another Python interpreter, or `own` for the app's environment")
    .option("--json", "print one JSON line")
    .action((python: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const status = await client.request("environment.use", {
          pythonPath: python === "own" ? null : python,
        });
        print(isJson, { ok: true, ...status }, () => describeEnvironment(status));
      }),
    );
}

function showOn(line: StatusLine) {
  return ({ message, share }: { message: string; share: number | null }) =>
    line.show(share === null ? message : `${bar(share)} ${message}`);
}

function describeGpus({ driver, gpus, cpu }: GpuReport): string {
  const cpuLine = `CPU: ${cpu.name}, ${cpu.cores} cores, ${(cpu.memoryTotalMb / 1024).toFixed(1)} GB memory`;
  if (driver.state === "missing") return `${driver.message}\n${cpuLine}`;
  if (driver.state === "broken") return `${driver.message}\n${driver.remedy}\n${cpuLine}`;
  const show = (value: number | null, unit: string) =>
    value === null ? "–" : `${Math.round(value)} ${unit}`;
  const rows = gpus.map((gpu) => [
    String(gpu.index),
    gpu.name,
    `${show(gpu.memoryUsedMb, "MB")} / ${show(gpu.memoryTotalMb, "MB")}`,
    show(gpu.utilizationPercent, "%"),
    show(gpu.temperatureC, "°C"),
    show(gpu.powerW, "W"),
    gpu.uuid ?? "–",
  ]);
  return `NVIDIA driver ${driver.version}\n${table(["GPU", "NAME", "MEMORY", "LOAD", "TEMP", "POWER", "UUID"], rows)}`;
}

function modelRow(model: BaseModel): string[] {
  if (model.status !== "ready") {
    const why = model.status === "unusable" ? model.failure.message : model.progress.message;
    return [model.name, model.status, "–", "–", `${model.path}  (${why})`];
  }
  const { parameters, contextTokens } = model.details;
  return [
    model.name,
    "ready",
    compact(parameters),
    contextTokens === null ? "–" : String(contextTokens),
    model.path,
  ];
}

function describeEnvironment(status: EnvironmentStatus): string {
  switch (status.state) {
    case "ready": {
      const { report, warnings } = status;
      const packages = Object.entries(report.packages).map(
        ([name, version]) => `${name} ${version}`,
      );
      const sees = report.torch.devices.length === 0 ? "the CPU" : report.torch.devices.join(", ");
      return [
        `Ready: Python ${report.pythonVersion} (${report.pythonPath})`,
        `  ${packages.join(", ")}`,
        `  torch sees ${sees}`,
        ...warnings.flatMap(({ message, remedy }) => [`  Warning: ${message}`, `  ${remedy}`]),
      ].join("\n");
    }
    case "missing":
      return `Missing: ${status.message}\nBuild it: lora-desk env build`;
    case "broken":
      return `Broken: ${status.failure.message}\nRepair it: lora-desk env build --fresh`;
    case "building":
      return `Being built: ${status.message}`;
    case "unknown":
      return `Not checked yet: ${status.path}`;
  }
}
