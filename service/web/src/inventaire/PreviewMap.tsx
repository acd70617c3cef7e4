/** The bays of a preview on a map; loaded apart, because the map library is large. */

import { useEffect, useRef, useState } from "react";
import type { Communes, Streets } from "../api/types";
import { useResource } from "../api/use-resource";
import { ChangeMap } from "../map/change-map";
import { localeOf } from "../map/locale";
import { useWords } from "../phrases/phrases";
import { ChangeMark } from "./PreviewOf";
import { KINDS } from "./types";
import type { PreviewBays } from "./types";

export default function PreviewMap({ features }: { features: PreviewBays }) {
  const words = useWords();
  const { t } = words;
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const communes = useResource<Communes>("/api/v1/communes");
  const streets = useResource<Streets>("/api/v1/streets");
  useEffect(() => {
    if (!box.current || !communes.data || !streets.data) return undefined;
    const map = new ChangeMap(box.current, localeOf(words), setPointed);
    void map.show(features, { communes: communes.data, streets: streets.data });
    return () => map.destroy();
  }, [features, communes.data, streets.data, words]);
  const known = features.features.find(({ properties }) => properties.bay_id === pointed)?.properties;
  return (
    <figure className="preview-map">
      <div className="map-canvas" ref={box} />
      <figcaption>
        {KINDS.map((kind) => (
          <span key={kind}>
            <ChangeMark change={kind} /> {t(`change.${kind}`)}
          </span>
        ))}
        <span className="soft" aria-hidden="true">
          {known ? `${known.name || known.bay_id}, ${t(`change.${known.change}.one`)}` : ""}
        </span>
      </figcaption>
    </figure>
  );
}
