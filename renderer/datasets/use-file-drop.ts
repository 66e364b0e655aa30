import { useEffect, useEffectEvent, useState } from "react";

/**
 * Takes files that are dropped anywhere on the window while the view is shown, and tells whether
 * some are being held over it. Elsewhere the browser would open a dropped file in place of the app.
 */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const take = useEffectEvent(onFiles);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    window.addEventListener(
      "dragover",
      (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
        setIsOver(true);
      },
      { signal },
    );
    window.addEventListener(
      "dragleave",
      (event) => {
        // Going from one element to another is no leaving; out of the window is.
        if (event.relatedTarget === null) setIsOver(false);
      },
      { signal },
    );
    window.addEventListener(
      "drop",
      (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      },
      { signal },
    );
    return () => controller.abort();
  }, []);

  return isOver;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true;
}
