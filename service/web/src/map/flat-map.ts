/** Where every map is made: flat, north up, worker and style set. */

import { Map as MapLibreMap, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Palette } from "./palette";
import { mapStyle } from "./style";

setWorkerUrl(workerUrl);

export function flatMap(container: HTMLElement, palette: Palette, locale: Record<string, string>): MapLibreMap {
  const map = new MapLibreMap({
    container,
    style: mapStyle(palette),
    locale,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    maxZoom: 20,
    // Labels change with each hour: fading them would keep drawing frames for nothing.
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  return map;
}
