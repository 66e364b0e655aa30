const reasons = {
  needed: "This page needs the link that LoRA Desk prints when it starts.",
  used: "This link has been used, or LoRA Desk was started anew since it was printed.",
} as const;

/** Shown to a browser without a session. Static text only: nothing of the request is echoed. */
export function signInPage(reason: keyof typeof reasons): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>LoRA Desk: sign in</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  main { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.35rem; margin: 0 0 .5rem; }
  code { font: 0.92em ui-monospace, monospace; padding: .1em .35em; border: 1px solid #8886; border-radius: 4px; }
</style>
<main>
  <h1>LoRA Desk</h1>
  <p>${reasons[reason]}</p>
  <p>Run <code>npx lora-desk serve</code> in its folder and open the link that it prints. Each link works once; afterwards this browser is remembered.</p>
</main>
</html>
`;
}
