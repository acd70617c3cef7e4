/** The words of the map library's own controls. */

import type { Words } from "../phrases/phrases";

export function localeOf({ t }: Words): Record<string, string> {
  return {
    "Map.Title": t("map.title"),
    "NavigationControl.ZoomIn": t("map.zoom_in"),
    "NavigationControl.ZoomOut": t("map.zoom_out"),
    "ScaleControl.Meters": "m",
    "ScaleControl.Kilometers": "km",
  };
}
