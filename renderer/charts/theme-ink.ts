import { useSyncExternalStore } from "react";

/** Canvas cannot use CSS variables: a chart is drawn anew whenever this value changes. */
export function useThemeName(): string {
  return useSyncExternalStore(onThemeChange, () => document.documentElement.dataset["theme"] ?? "");
}

function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

export type ThemeInk = {
  readonly theme: string;
  readonly fontFamily: string;
  readonly colorOf: (token: string) => string;
};

/** The colours and the font of the theme that the page is in. */
export function inkOf(theme: string): ThemeInk {
  const style = getComputedStyle(document.documentElement);
  return {
    theme,
    fontFamily: getComputedStyle(document.body).fontFamily,
    colorOf: (token) => style.getPropertyValue(token).trim(),
  };
}
