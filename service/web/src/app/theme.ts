/** Light or dark: the system's choice until the reader takes one, then kept on this device. */

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";

const KEPT = "airelib.theme";
const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");

/** Put the kept choice on the document before the first paint. */
export function applyKeptTheme(): void {
  const theme = keptTheme();
  if (theme) document.documentElement.dataset["theme"] = theme;
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => keptTheme() ?? systemTheme());
  useEffect(() => {
    const follow = () => {
      if (!keptTheme()) setTheme(systemTheme());
    };
    darkQuery.addEventListener("change", follow);
    return () => darkQuery.removeEventListener("change", follow);
  }, []);
  const choose = (chosen: Theme) => {
    localStorage.setItem(KEPT, chosen);
    document.documentElement.dataset["theme"] = chosen;
    setTheme(chosen);
  };
  return [theme, choose];
}

function systemTheme(): Theme {
  return darkQuery.matches ? "dark" : "light";
}

function keptTheme(): Theme | null {
  const theme = localStorage.getItem(KEPT);
  return theme === "light" || theme === "dark" ? theme : null;
}
