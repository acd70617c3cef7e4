/** The map as a React element; loaded apart, because the map library is large. */

import { useEffect, useRef, useState } from "react";
import { useWords } from "../phrases/phrases";
import { CarteMap } from "./carte-map";
import type { Places, Shades, Target, View } from "./carte-map";
import { localeOf } from "./locale";

export interface Tip {
  title: string;
  lines: readonly string[];
}

export interface MapPaneProps {
  places: Places;
  shades: Shades;
  commune: string | null;
  /** The chosen bay, flown to when it changes. */
  bay: string | null;
  pointed: Target | null;
  tipOf: (target: Target) => Tip | null;
  view: View | null;
  onPoint: (target: Target | null) => void;
  onChoose: (target: Target) => void;
  onMove: (view: View) => void;
}

export default function MapPane(props: MapPaneProps) {
  const box = useRef<HTMLDivElement>(null);
  const map = useMap(box, props);
  useFigures(map, props);
  useLooking(map, props);
  return <div className="map-canvas" ref={box} />;
}

function useMap(box: React.RefObject<HTMLDivElement | null>, props: MapPaneProps): CarteMap | null {
  const words = useWords();
  const latest = useRef(props);
  const [map, setMap] = useState<CarteMap | null>(null);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    if (!box.current) return undefined;
    let gone = false;
    const made = new CarteMap(box.current, localeOf(words), {
      point: (target) => latest.current.onPoint(target),
      choose: (target) => latest.current.onChoose(target),
      move: (view) => latest.current.onMove(view),
    });
    void made.ready.then(() => {
      if (!gone) setMap(made);
    });
    return () => {
      gone = true;
      made.destroy();
    };
  }, [box, words]);
  return map;
}

function useFigures(map: CarteMap | null, props: MapPaneProps): void {
  const { places, shades, commune, bay, pointed, tipOf } = props;
  useEffect(() => map?.show(places, shades, commune), [map, places, shades, commune]);
  useEffect(() => {
    const target = pointed ?? (bay ? ({ kind: "bay", id: bay } as const) : null);
    const tip = pointed && tipOf(pointed);
    map?.setFocus(target, tip ? tipElement(tip) : null);
  }, [map, bay, pointed, tipOf]);
}

/** Look where the address says; else at the chosen bay, the chosen commune, or everything. */
function useLooking(map: CarteMap | null, { places, commune, bay, view }: MapPaneProps): void {
  const looked = useRef(false);
  useEffect(() => {
    if (!map || places.communes.features.length === 0) return;
    const animate = looked.current;
    looked.current = true;
    if (view) map.lookAt(view);
    else if (bay) map.lookAtBay(bay);
    else map.lookAtCommune(commune, animate);
  }, [map, places, commune, bay, view]);
}

function tipElement({ title, lines }: Tip): HTMLElement {
  const element = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = title;
  element.append(strong);
  for (const line of lines) {
    const text = document.createElement("span");
    text.textContent = line;
    element.append(text);
  }
  return element;
}
