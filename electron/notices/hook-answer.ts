/** How a hook took a notice. `canTryAgain`: the same may work later. */
export type HookAnswer =
  | { isDelivered: true }
  | { isDelivered: false; problem: string; canTryAgain: boolean };
