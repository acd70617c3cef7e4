/** The map of figures: shows bays and communes, and says what is pointed at or chosen. */

import { GeoJSONSource, Popup, ScaleControl } from "maplibre-gl";
import type { Map as MapLibreMap, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import type { Feature, FeatureCollection, Point } from "geojson";
import type { Bays, Communes, Streets } from "../api/types";
import type { Shade } from "../figures/scale";
import { flatMap } from "./flat-map";
import { hatchDot, hatchTile, IMAGE_OPTIONS } from "./images";
import { readPalette } from "./palette";
import { bayPoints, bboxOf, communePoints, labelPoint, middleOf } from "./places";
import { COMMUNES_UNTIL, EMPTY } from "./style";

export interface Places {
  bays: Bays;
  communes: Communes;
  streets: Streets;
}

/** What is drawn at the chosen time; a bay that is not listed is outside the selection. */
export interface Shades {
  bays: ReadonlyMap<string, Shade>;
  communes: ReadonlyMap<string, Shade>;
  /** The commune's figure, written out for its label. */
  communeText: ReadonlyMap<string, string>;
}

export type Target = { kind: "bay" | "commune"; id: string };

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Listeners {
  point: (target: Target | null) => void;
  choose: (target: Target) => void;
  /** The reader moved the map; moves that the page asked for are not told. */
  move: (view: View) => void;
}

const LAYERS = { bay: ["bay", "bay-dot"], commune: ["land"] };
const BAY_ZOOM = 17;
/** Room kept free for the legend under a fitted view. */
const LEGEND_PX = 76;
/** Pixels around the pointer in which a bay is still hit. */
const REACH_PX = 5;

export class CarteMap {
  readonly ready: Promise<void>;
  private readonly map: MapLibreMap;
  private readonly tip: Popup;
  private readonly still: boolean;
  private places: Places = { bays: EMPTY, communes: EMPTY, streets: EMPTY };
  private shown: Shades | null = null;

  constructor(container: HTMLElement, locale: Record<string, string>, listeners: Listeners) {
    const palette = readPalette(container);
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = flatMap(container, palette, locale);
    this.map.setMinZoom(3);
    this.map.addControl(new ScaleControl({ maxWidth: 90 }), "top-left");
    this.tip = new Popup({ closeButton: false, closeOnClick: false, className: "tip", offset: 14 });
    this.listen(listeners);
    this.ready = new Promise((resolve) => {
      this.map.once("load", () => {
        this.map.addImage("hatch", hatchTile(palette.hatch), IMAGE_OPTIONS);
        this.map.addImage("hatch-dot", hatchDot(palette.hatch), IMAGE_OPTIONS);
        resolve();
      });
    });
  }

  /** Draw the places, coloured for a time, with one commune outlined. */
  show(places: Places, shades: Shades, commune: string | null): void {
    const { dataset } = this.map.getContainer();
    dataset["drawn"] = "false";
    if (places !== this.places) this.setPlaces(places);
    this.setShades(shades);
    this.setChosenCommune(commune);
    this.map.once("idle", () => {
      dataset["drawn"] = "true";
    });
  }

  private setPlaces(places: Places): void {
    this.places = places;
    this.put("communes", places.communes);
    this.put("streets", places.streets);
    this.put("bays", places.bays);
    this.put("bay-points", bayPoints(places.bays));
  }

  /** Colour everything for a time; no shape is sent again. */
  private setShades(shades: Shades): void {
    this.shown = shades;
    for (const { properties: bay } of this.places.bays.features) {
      const state = stateOf(shades.bays.get(bay.bay_id));
      this.map.setFeatureState({ source: "bays", id: bay.bay_id }, state);
      this.map.setFeatureState({ source: "bay-points", id: bay.bay_id }, state);
    }
    for (const { properties: commune } of this.places.communes.features) {
      const state = stateOf(shades.communes.get(commune.insee));
      this.map.setFeatureState({ source: "communes", id: commune.insee }, state);
    }
    const label = (insee: string) => ({
      value: shades.communeText.get(insee) ?? "",
      step: stateOf(shades.communes.get(insee)).step,
    });
    this.put("commune-points", communePoints(this.places.communes, label));
  }

  private setChosenCommune(insee: string | null): void {
    for (const { properties: commune } of this.places.communes.features) {
      const chosen = commune.insee === insee;
      this.map.setFeatureState({ source: "communes", id: commune.insee }, { chosen });
    }
  }

  /** Point at a bay (with a ring) or a commune, and say its figure beside it. */
  setFocus(target: Target | null, text: HTMLElement | null): void {
    const at = target && this.placeOf(target);
    const ringed = at && target.kind === "bay" ? [pointFeature(at)] : [];
    this.put("focus", { type: "FeatureCollection", features: ringed });
    if (at && text) this.tip.setLngLat(at).setDOMContent(text).addTo(this.map);
    else this.tip.remove();
  }

  lookAt(view: View): void {
    const centre = this.map.getCenter();
    const near = Math.abs(centre.lat - view.lat) + Math.abs(centre.lng - view.lon) < 1e-5;
    if (near && Math.abs(this.map.getZoom() - view.zoom) < 0.01) return;
    this.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
  }

  lookAtBay(bayId: string): void {
    const bay = this.places.bays.features.find((one) => one.properties.bay_id === bayId);
    if (!bay) return;
    const [lon = 0, lat = 0] = middleOf(bay.geometry);
    const zoom = Math.max(this.map.getZoom(), BAY_ZOOM);
    this.map.flyTo({ center: [lon, lat], zoom, ...this.pace(900) });
  }

  /** Show the bays of one commune, or all communes. */
  lookAtCommune(insee: string | null, animate: boolean): void {
    const { bays, communes } = this.places;
    const own = bays.features.filter((bay) => bay.properties.commune === insee);
    const outlines = communes.features.filter(
      (one) => insee === null || one.properties.insee === insee,
    );
    const box = bboxOf((own.length > 1 ? own : outlines).map((one) => one.geometry));
    if (!box) return;
    const side = Math.min(36, this.map.getContainer().clientWidth / 18);
    const padding = { top: side, left: side, right: side, bottom: side + LEGEND_PX };
    this.map.fitBounds(box, { padding, maxZoom: BAY_ZOOM, ...this.pace(animate ? 700 : 0) });
  }

  resize(): void {
    this.map.resize();
  }

  destroy(): void {
    this.map.remove();
  }

  private placeOf({ kind, id }: Target): [number, number] | null {
    const { bays, communes } = this.places;
    const shape =
      kind === "bay"
        ? bays.features.find((one) => one.properties.bay_id === id)?.geometry
        : communes.features.find((one) => one.properties.insee === id)?.geometry;
    if (!shape) return null;
    const [lon = 0, lat = 0] = labelPoint(shape);
    return [lon, lat];
  }

  private pace(duration: number): { duration: number } {
    return { duration: this.still ? 0 : duration };
  }

  private put(source: string, data: FeatureCollection): void {
    const found = this.map.getSource(source);
    if (found instanceof GeoJSONSource) found.setData(data);
  }

  private listen({ point, choose, move }: Listeners): void {
    let last: string | null = null;
    this.map.on("mousemove", (event) => {
      const target = this.targetAt(event.point);
      this.map.getCanvas().style.cursor = target ? "pointer" : "";
      if ((target?.id ?? null) === last) return;
      last = target?.id ?? null;
      point(target);
    });
    this.map.on("mouseout", () => {
      last = null;
      point(null);
    });
    this.map.on("click", (event) => {
      const target = this.targetAt(event.point);
      if (target) choose(target);
    });
    this.map.on("moveend", (event) => {
      if (!event.originalEvent) return;
      const { lat, lng } = this.map.getCenter();
      move({ zoom: this.map.getZoom(), lat, lon: lng });
    });
  }

  private targetAt({ x, y }: { x: number; y: number }): Target | null {
    const around: [PointLike, PointLike] = [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ];
    if (this.map.getZoom() >= COMMUNES_UNTIL - 0.6) {
      const bay = this.found(around, LAYERS.bay).find((one) => this.isShown(one));
      if (bay) return { kind: "bay", id: String(bay.properties["bay_id"]) };
      return null;
    }
    const commune = this.found([x, y], LAYERS.commune)[0];
    return commune ? { kind: "commune", id: String(commune.properties["insee"]) } : null;
  }

  private found(where: PointLike | [PointLike, PointLike], layers: string[]): MapGeoJSONFeature[] {
    const drawn = layers.filter((layer) => this.map.getLayer(layer));
    return this.map.queryRenderedFeatures(where, { layers: drawn });
  }

  private isShown(feature: MapGeoJSONFeature): boolean {
    return this.shown?.bays.has(String(feature.properties["bay_id"])) ?? false;
  }
}

function pointFeature(coordinates: [number, number]): Feature<Point> {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates } };
}

function stateOf(shade: Shade | undefined): { step: number; hatched: boolean; off: boolean } {
  if (!shade) return { step: -1, hatched: false, off: true };
  if (shade.kind === "unseen") return { step: -1, hatched: false, off: false };
  return { step: shade.step, hatched: !shade.enough, off: false };
}
