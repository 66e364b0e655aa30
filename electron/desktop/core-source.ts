import type { CoreClient } from "../../shared/contract/contract.ts";
import type { Dispatch } from "../gateway/dispatch.ts";
import type { FileRegister } from "../gateway/file-register.ts";
import type { Hub } from "../gateway/hub.ts";
import type { ChosenFile } from "./chosen-file.ts";

/** A core that the window can work with: our own, or one that another process holds. */
export interface CoreSource {
  readonly dispatch: Dispatch;
  readonly subscribe: CoreClient["subscribe"];
  /** Makes a file known that the person has chosen. @returns its id for `datasets.import`. */
  registerFile(file: ChosenFile): string;
  /** Settles when the core has gone. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The part of the core's own `Core` that the window needs. */
export interface OwnCore {
  readonly dispatch: Dispatch;
  readonly hub: Hub;
  readonly files: FileRegister;
  close(): Promise<void>;
}

export function ownCoreSource(core: OwnCore): CoreSource {
  const ended = Promise.withResolvers<void>();
  return {
    dispatch: core.dispatch,
    subscribe: (topic, listener, key) => core.hub.subscribe(topic, listener, key),
    registerFile: (file) => core.files.add({ ...file, isTemporary: false }),
    ended: ended.promise,
    close: async () => {
      await core.close();
      ended.resolve();
    },
  };
}
