/** Points and boxes of imported shapes, for labels, dots and fitting the view. */

import type { FeatureCollection, MultiPolygon, Point, Polygon, Position } from "geojson";
import type { Bays, Communes } from "../api/types";

export type BboxLonLat = [west: number, south: number, east: number, north: number];

export function bboxOf(shapes: readonly (Polygon | MultiPolygon)[]): BboxLonLat | null {
  const box: BboxLonLat = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon = 0, lat = 0] of shapes.flatMap(outerPoints)) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return Number.isFinite(box[0]) ? box : null;
}

/** Middle of the outer ring's corners: good enough for a bay of ten metres. */
export function middleOf(shape: Polygon): Position {
  const corners = (shape.coordinates[0] ?? []).slice(1);
  const sum = corners.reduce<[number, number]>(
    ([x, y], [lon = 0, lat = 0]) => [x + lon, y + lat],
    [0, 0],
  );
  return [sum[0] / corners.length, sum[1] / corners.length];
}

/** Centre of gravity of the largest ring, where a label stands. */
export function labelPoint(shape: Polygon | MultiPolygon): Position {
  const rings = shape.type === "Polygon" ? [shape.coordinates[0]] : shape.coordinates.map((p) => p[0]);
  let best: { area: number; at: Position } = { area: -1, at: [0, 0] };
  for (const ring of rings) {
    const found = gravity(ring ?? []);
    if (found.area > best.area) best = found;
  }
  return best.at;
}

export function bayPoints(bays: Bays): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: bays.features.map(({ geometry, properties }) => ({
      type: "Feature",
      properties: { bay_id: properties.bay_id },
      geometry: { type: "Point", coordinates: middleOf(geometry) },
    })),
  };
}

/** One point per commune with its name, its figure as text and its step, -1 where unseen. */
export function communePoints(
  communes: Communes,
  labelOf: (insee: string) => { value: string; step: number },
): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: communes.features.map(({ geometry, properties: { insee, name } }) => ({
      type: "Feature",
      properties: { name, ...labelOf(insee) },
      geometry: { type: "Point", coordinates: labelPoint(geometry) },
    })),
  };
}

function outerPoints(shape: Polygon | MultiPolygon): Position[] {
  return shape.type === "Polygon" ? (shape.coordinates[0] ?? []) : shape.coordinates.flatMap((p) => p[0] ?? []);
}

/** Shoelace formula, about the first corner so that few digits are lost. */
function gravity(ring: readonly Position[]): { area: number; at: Position } {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  const corners = ring.map(([x = 0, y = 0]): [number, number] => [x - x0, y - y0]);
  const sum = { twice: 0, x: 0, y: 0 };
  corners.slice(1).forEach(([bx, by], index) => {
    const [ax, ay] = corners[index] ?? [0, 0];
    const cross = ax * by - bx * ay;
    sum.twice += cross;
    sum.x += (ax + bx) * cross;
    sum.y += (ay + by) * cross;
  });
  if (sum.twice === 0) return { area: 0, at: [x0, y0] };
  const at = [x0 + sum.x / (3 * sum.twice), y0 + sum.y / (3 * sum.twice)];
  return { area: Math.abs(sum.twice), at };
}
