import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Method } from "../../shared/contract/contract.ts";

function refuse(): never {
  throw new AppError(
    "conflict",
    "No account is open, so there is no project to ask. Sign in to your team's project first.",
  );
}

/** What is answered of other machines and teams where no account is open: there are none. */
export const withoutAccount: Handlers<Extract<Method, `elsewhere.${string}` | `teams.${string}`>> =
  {
    "elsewhere.list": () => ({
      datasets: [],
      jobs: [],
      artifacts: [],
      members: [],
      invitations: [],
    }),
    "elsewhere.refresh": refuse,
    "elsewhere.delete": refuse,
    "elsewhere.metrics": refuse,
    "elsewhere.setDesiredState": refuse,
    "teams.list": () => null,
    "teams.create": refuse,
    "teams.invite": refuse,
    "teams.withdrawInvitation": refuse,
    "teams.answerInvitation": refuse,
    "teams.removeMember": refuse,
    "teams.share": refuse,
    "teams.shared": () => [],
  };
