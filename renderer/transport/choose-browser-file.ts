/** Opens the browser's own file dialog. Null when the person closes it without a file. */
export function chooseBrowserFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.hidden = true;
    const finish = (file: File | null): void => {
      input.remove();
      resolve(file);
    };
    input.addEventListener("change", () => finish(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => finish(null));
    // In the document, so that browsers and test drivers both see the dialog's owner.
    document.body.append(input);
    input.click();
  });
}
