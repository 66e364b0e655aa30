import { AppError } from "../../shared/app-error.ts";
import type { CoreClient, Handlers, Publish } from "../../shared/contract/contract.ts";
import type { SampleRun } from "../../shared/contract/sample-run.ts";
import { pickDevice } from "./pick-device.ts";
import {
  type Preparation,
  prepareDataset,
  prepareEnvironment,
  prepareTinyModel,
} from "./prepare-run.ts";
import { sampleHyperparameters } from "./sample-hyperparameters.ts";

/**
 * "Train the sample": from nothing to a running job. A second call while one is being prepared
 * answers with that one.
 */
export function createSampleTraining(options: {
  client: CoreClient;
  publish: Publish;
  log: (message: string, details?: Record<string, unknown>) => void;
}): Handlers<"sample.train" | "sample.status"> {
  const { client, publish, log } = options;
  let state: SampleRun = { state: "idle" };

  function become(next: SampleRun): SampleRun {
    state = next;
    publish("sample.changed", next);
    return next;
  }

  async function run(): Promise<void> {
    const onProgress = ({ step, message }: Preparation) =>
      become({ state: "preparing", step, message });
    const environment = await prepareEnvironment(client, onProgress);
    const model = await prepareTinyModel(client, onProgress);
    const dataset = await prepareDataset(client, { kind: "sample" }, onProgress);
    const job = await client.request("jobs.create", {
      name: "Sample run",
      datasetId: dataset.id,
      modelId: model.id,
      presetId: "custom",
      hyperparameters: sampleHyperparameters,
      device: pickDevice(await client.request("gpus.report", {}), environment.report),
    });
    become({ state: "launched", jobId: job.id });
  }

  return {
    "sample.status": () => state,
    "sample.train": () => {
      if (state.state === "preparing") return state;
      const first = become({
        state: "preparing",
        step: "environment",
        message: "Looking at the training environment",
      });
      run().catch((error: unknown) => {
        log("The sample run could not be prepared", { error: String(error) });
        const message =
          error instanceof AppError ? error.message : "LoRA Desk failed; see core.log.";
        become({ state: "failed", message });
      });
      return first;
    },
  };
}
