/** A small map of what an import would do: a mark for each bay, its colour and its shape saying the change. */

import { GeoJSONSource, Map as MapLibreMap, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { ExpressionSpecification } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Communes, Streets } from "../api/types";
import { KINDS } from "../inventaire/types";
import type { Kind, PreviewBays } from "../inventaire/types";
import { changeMark, hatchDot, hatchTile, IMAGE_OPTIONS } from "./images";
import { readPalette } from "./palette";
import type { Palette } from "./palette";
import { bboxOf, middleOf } from "./places";
import { mapStyle } from "./style";

setWorkerUrl(workerUrl);

const NEAR_ZOOM = 17;
const PADDING_PX = 40;

export interface Ground {
  communes: Communes;
  streets: Streets;
}

export class ChangeMap {
  private readonly map: MapLibreMap;
  private readonly ready: Promise<void>;

  constructor(container: HTMLElement, locale: Record<string, string>, point: (bayId: string | null) => void) {
    const palette = readPalette(container);
    this.map = new MapLibreMap({
      container,
      style: mapStyle(palette),
      locale,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      maxZoom: 20,
      fadeDuration: 0,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.ready = new Promise((resolve) => {
      this.map.once("load", () => {
        this.draw(container, palette);
        resolve();
      });
    });
    this.map.on("mousemove", "change", (event) => point(String(event.features?.[0]?.properties["bay_id"])));
    this.map.on("mouseleave", "change", () => point(null));
  }

  /** Draw the bays of a preview on the streets that are known, and look at all of them. */
  async show(bays: PreviewBays, ground: Ground): Promise<void> {
    await this.ready;
    this.put("communes", ground.communes);
    this.put("streets", ground.streets);
    this.put("outlines", bays);
    this.put("changes", {
      type: "FeatureCollection",
      features: bays.features.map(({ geometry, properties: { bay_id, change } }) => ({
        type: "Feature",
        properties: { bay_id, change },
        geometry: { type: "Point", coordinates: middleOf(geometry) },
      })),
    });
    const box = bboxOf(bays.features.map(({ geometry }) => geometry));
    if (box) this.map.fitBounds(box, { padding: PADDING_PX, maxZoom: NEAR_ZOOM, duration: 0 });
    this.map.once("idle", () => {
      this.map.getContainer().dataset["drawn"] = "true";
    });
  }

  destroy(): void {
    this.map.remove();
  }

  private draw(container: HTMLElement, palette: Palette): void {
    this.map.addImage("hatch", hatchTile(palette.hatch), IMAGE_OPTIONS);
    this.map.addImage("hatch-dot", hatchDot(palette.hatch), IMAGE_OPTIONS);
    for (const kind of KINDS) this.map.addImage(kind, changeMark(kind, colourOf(container, kind), palette.land), IMAGE_OPTIONS);
    const data = { type: "FeatureCollection" as const, features: [] };
    this.map.addSource("outlines", { type: "geojson", data, tolerance: 0 });
    this.map.addSource("changes", { type: "geojson", data });
    const colours = KINDS.flatMap((kind) => [kind, colourOf(container, kind)]);
    const colour = ["match", ["get", "change"], ...colours, "#000000"] as unknown as ExpressionSpecification;
    this.map.addLayer({
      id: "outline",
      type: "line",
      source: "outlines",
      minzoom: 15,
      paint: { "line-color": colour, "line-width": 1.6 },
    });
    this.map.addLayer({
      id: "change",
      type: "symbol",
      source: "changes",
      layout: {
        "icon-image": ["get", "change"],
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.6, 16, 1],
      },
    });
  }

  private put(source: string, data: Parameters<GeoJSONSource["setData"]>[0]): void {
    const found = this.map.getSource(source);
    if (found instanceof GeoJSONSource) found.setData(data);
  }
}

/** The colour of a change, as the style sheet gives it. */
function colourOf(container: HTMLElement, kind: Kind): string {
  const probe = document.createElement("span");
  container.append(probe);
  probe.style.color = `var(--change-${kind})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
