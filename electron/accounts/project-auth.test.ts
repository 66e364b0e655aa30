import { expect, it } from "vitest";
import { openProjectAuth } from "./project-auth.ts";

const URL = "https://x.supabase.co";

function refresh(status: number, reply: object): Promise<unknown> {
  const answer = async () => Response.json(reply, { status });
  return openProjectAuth(URL, "key", answer).refresh("a token");
}

it.each(["refresh_token_not_found", "session_expired", "validation_failed"])(
  "takes a session for ended whose token is answered by %s",
  async (code) => {
    await expect(refresh(400, { error_code: code })).rejects.toMatchObject({
      kind: "unauthorised",
      status: 400,
    });
  },
);

it("takes a server in trouble for busy, whatever it says, and says it in one sentence", async () => {
  await expect(refresh(500, { error_code: "validation_failed" })).rejects.toMatchObject({
    kind: "busy",
    message: `the sign-in of ${URL} answers 500, validation_failed`,
  });
  await expect(refresh(429, {})).rejects.toMatchObject({
    kind: "busy",
    message: `the sign-in of ${URL} answers 429`,
  });
});
