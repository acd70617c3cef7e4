/** The map's own quiet style: outlines, streets and bays from what was imported, no tile, no server. */

import type { FeatureCollection } from "geojson";
import type {
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import type { Palette } from "./palette";

/** Zooms between which communes give way to bays. */
export const COMMUNES_UNTIL = 12.9;
const COMMUNES_FADE = 12;
/** Zooms between which dots give way to the bays' true outlines. */
const DOTS_UNTIL = 16.6;
const DOTS_FADE = 16;

const FONT = ["Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial"];
const CLEAR = "rgba(0, 0, 0, 0)";

export const EMPTY: FeatureCollection<never, never> = { type: "FeatureCollection", features: [] };

export function mapStyle(palette: Palette): StyleSpecification {
  const empty = { type: "geojson" as const, data: EMPTY };
  return {
    version: 8,
    sources: {
      communes: { ...empty, promoteId: "insee", tolerance: 0.2 },
      "commune-points": empty,
      streets: empty,
      bays: { ...empty, promoteId: "bay_id", tolerance: 0 },
      "bay-points": { ...empty, promoteId: "bay_id" },
      focus: empty,
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": palette.ground } },
      ...communeLayers(palette),
      ...streetLayers(palette),
      ...edgeLayers(palette),
      streetNames(palette),
      ...bayLayers(palette),
      ...dotLayers(palette),
      ...focusLayers(palette),
      communeNames(palette),
    ],
  };
}

function communeLayers(palette: Palette): LayerSpecification[] {
  const source = "communes";
  return [
    { id: "land", type: "fill", source, paint: { "fill-color": palette.land } },
    {
      id: "commune-fill",
      type: "fill",
      source,
      paint: { "fill-color": stepColour(palette), "fill-opacity": untilBays(1) },
    },
    {
      id: "commune-hatch",
      type: "fill",
      source,
      paint: { "fill-pattern": "hatch", "fill-opacity": untilBays(whenHatched()) },
    },
  ];
}

function streetLayers(palette: Palette): LayerSpecification[] {
  const source = "streets";
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "street-edge",
      type: "line",
      source,
      minzoom: 13,
      layout,
      paint: { "line-color": palette["street-edge"], "line-width": widthByZoom(1.6) },
    },
    {
      id: "street",
      type: "line",
      source,
      layout,
      paint: {
        "line-color": [
          "interpolate",
          ["linear"],
          ["zoom"],
          COMMUNES_FADE,
          palette["street-far"],
          COMMUNES_UNTIL,
          palette.street,
        ],
        "line-width": widthByZoom(0),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 10, 0.25, COMMUNES_FADE, 0.4, 13, 1],
      },
    },
  ];
}

function edgeLayers(palette: Palette): LayerSpecification[] {
  const source = "communes";
  return [
    {
      id: "commune-edge",
      type: "line",
      source,
      layout: { "line-join": "round" },
      paint: { "line-color": palette.edge, "line-width": 1.2 },
    },
    {
      id: "commune-chosen",
      type: "line",
      source,
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette["edge-strong"],
        "line-width": ["case", stateIs("chosen"), 2.4, 0],
      },
    },
  ];
}

function bayLayers(palette: Palette): LayerSpecification[] {
  const source = "bays";
  const minzoom = DOTS_FADE;
  const edge = [
    "case",
    stateIs("off"),
    CLEAR,
    ["==", step(), -1],
    palette.unseen,
    palette["edge-strong"],
  ] as ExpressionSpecification;
  return [
    { id: "bay", type: "fill", source, minzoom, paint: { "fill-color": shownColour(palette) } },
    {
      id: "bay-hatch",
      type: "fill",
      source,
      minzoom,
      paint: { "fill-pattern": "hatch", "fill-opacity": whenHatched() },
    },
    {
      id: "bay-edge",
      type: "line",
      source,
      minzoom,
      paint: { "line-color": edge, "line-width": 1.4 },
    },
  ];
}

function dotLayers(palette: Palette): LayerSpecification[] {
  const source = "bay-points";
  const zooms = { minzoom: COMMUNES_FADE, maxzoom: DOTS_UNTIL };
  const fade = (shown: ExpressionSpecification | number) =>
    ["interpolate", ["linear"], ["zoom"], COMMUNES_FADE, 0, 12.5, shown] as ExpressionSpecification;
  return [
    {
      id: "bay-dot",
      type: "circle",
      source,
      ...zooms,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 3.6, 14, 6.5, 16.5, 10],
        "circle-color": shownColour(palette),
        "circle-stroke-color": [
          "match",
          step(),
          -1,
          palette.unseen,
          palette["edge-strong"],
        ] as ExpressionSpecification,
        "circle-stroke-width": 1.2,
        "circle-opacity": fade(["case", stateIs("off"), 0, 1]),
        "circle-stroke-opacity": fade(["case", stateIs("off"), 0, 1]),
      },
    },
    {
      id: "bay-dot-hatch",
      type: "symbol",
      source,
      ...zooms,
      layout: {
        "icon-image": "hatch-dot",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.36, 14, 0.65, 16.5, 1],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
      paint: { "icon-opacity": fade(whenHatched()) },
    },
  ];
}

function focusLayers(palette: Palette): LayerSpecification[] {
  return [
    {
      id: "focus-ring",
      type: "circle",
      source: "focus",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 9, 16, 17, 19, 40],
        "circle-color": CLEAR,
        "circle-stroke-color": palette.focus,
        "circle-stroke-width": 3,
      },
    },
  ];
}

function streetNames(palette: Palette): LayerSpecification {
  return {
    id: "street-name",
    type: "symbol",
    source: "streets",
    minzoom: 14.2,
    layout: {
      "symbol-placement": "line",
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": 11.5,
      "symbol-spacing": 320,
    },
    paint: {
      "text-color": palette.label,
      "text-halo-color": palette["label-halo"],
      "text-halo-width": 1.6,
      "text-opacity": 0.85,
    },
  };
}

function communeNames(palette: Palette): LayerSpecification {
  return {
    id: "commune-name",
    type: "symbol",
    source: "commune-points",
    maxzoom: COMMUNES_UNTIL,
    layout: {
      "text-field": [
        "format",
        ["get", "name"],
        { "font-scale": 0.92 },
        "\n",
        {},
        ["get", "value"],
        { "font-scale": 1.12 },
      ],
      "text-font": ["Segoe UI Semibold", ...FONT],
      "text-size": ["interpolate", ["linear"], ["zoom"], 9.5, 10.5, 11.5, 13],
      "text-line-height": 1.25,
      "text-max-width": 8,
    },
    paint: {
      "text-color": ["match", ["get", "step"], ...onSteps(palette.onSteps), palette.label],
      "text-halo-color": ["match", ["get", "step"], ...onSteps(palette.steps), palette["label-halo"]],
      "text-halo-width": 1.5,
      "text-opacity": ["interpolate", ["linear"], ["zoom"], COMMUNES_FADE, 1, 12.6, 0],
    },
  };
}

function step(): ExpressionSpecification {
  return ["coalesce", ["feature-state", "step"], -1];
}

/** Pairs of step and colour, for `match`; at least one, as its type wants. */
function onSteps(colours: readonly string[]): [number, string, ...(number | string)[]] {
  const [first = CLEAR, ...others] = colours;
  return [0, first, ...others.flatMap((colour, index) => [index + 1, colour])];
}

function stateIs(name: "off" | "chosen" | "hatched"): ExpressionSpecification {
  return ["boolean", ["feature-state", name], false];
}

function whenHatched(): ExpressionSpecification {
  return ["case", ["all", stateIs("hatched"), ["!", stateIs("off")]], 1, 0];
}

function stepColour(palette: Palette): ExpressionSpecification {
  return ["match", step(), ...onSteps(palette.steps), CLEAR];
}

function shownColour(palette: Palette): ExpressionSpecification {
  return ["case", stateIs("off"), CLEAR, stepColour(palette)];
}

/** Full at low zoom, gone when bays are drawn. */
function untilBays(shown: ExpressionSpecification | number): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], COMMUNES_FADE, shown, COMMUNES_UNTIL, 0];
}

function widthByZoom(more: number): ExpressionSpecification {
  const at = [
    [10, 0.6],
    [13, 2],
    [15, 6],
    [18, 22],
  ].flatMap(([zoom = 0, width = 0]) => [zoom, width + more]);
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...at] as unknown as ExpressionSpecification;
}
