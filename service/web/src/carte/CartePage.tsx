/** The map page: the map on one side; the sentence, the time, the filters and the table on the other. */

import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { Status } from "../api/types";
import { navigate, useAddress, withQuery } from "../app/location";
import { Failure, Loading } from "../app/States";
import type { Theme } from "../app/theme";
import { useTitle } from "../app/use-title";
import { MapBoundary } from "../map/MapBoundary";
import type { Places, Shades, Target } from "../map/carte-map";
import { useWords } from "../phrases/phrases";
import { BayCard } from "./BayCard";
import { failed, isReady, useCarteFacts } from "./facts";
import type { CarteFacts } from "./facts";
import { FigureTable } from "./FigureTable";
import { Filters } from "./Filters";
import { Headline } from "./Headline";
import { Legend } from "./Legend";
import { Notes } from "./Notes";
import { select } from "./selection";
import type { Selection } from "./selection";
import { shadesOf, tipFor } from "./shades";
import { queryOf, readState } from "./state";
import type { CarteState } from "./state";
import { TimeControl } from "./TimeControl";

const MapPane = lazy(() => import("../map/MapPane"));

export type Change = (part: Partial<CarteState>, options?: { replace?: boolean }) => void;

const NO_PLACES = { type: "FeatureCollection" as const, features: [] };

export function CartePage({ status, theme }: { status: Status; theme: Theme }) {
  const { t } = useWords();
  const [state, change] = useCarteState();
  const facts = useCarteFacts(state, status);
  const enough = status.enough_coverage;
  const selection = useSelection(facts, state, enough);
  const [pointed, setPointed] = useState<Target | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const [tall, setTall] = useState(false);
  useTitle(t("carte.title"));
  const failure = failed(facts);
  return (
    <div className="carte" data-sheet={tall ? "tall" : "half"}>
      <div className="carte-map">
        <MapSide {...{ facts, state, change, selection, enough, pointed, setPointed, setShown, theme }} />
        <Legend enough={enough} />
      </div>
      <div className="carte-panel">
        <SheetHandle tall={tall} setTall={setTall} />
        {failure?.problem && <Failure problem={failure.problem} retry={failure.reload} />}
        {isReady(facts, status) ? (
          <Panel {...{ status, facts, state, change, selection, pointed, setPointed, shown }} />
        ) : (
          !failure && <Loading what={t("carte.loading")} />
        )}
      </div>
    </div>
  );
}

interface PanelProps {
  status: Status;
  facts: CarteFacts;
  state: CarteState;
  change: Change;
  selection: Selection;
  pointed: Target | null;
  setPointed: (target: Target | null) => void;
  /** The bay chosen on the map last, to be brought into view. */
  shown: string | null;
}

function Panel(props: PanelProps) {
  const { status, facts, state, change, selection, pointed, setPointed, shown } = props;
  const communes = facts.communes.data?.features ?? [];
  const chosen = facts.bays.data?.features.find((bay) => bay.properties.bay_id === state.bay);
  const row = selection.bays.find((one) => one.id === state.bay) ?? null;
  const enough = status.enough_coverage;
  return (
    <>
      <Headline {...{ status, state, selection, communes, slot: facts.slot.data, enough }} />
      <TimeControl {...{ state, change, hours: selection.hours, enough }} />
      <Filters {...{ state, change, communes, enough }} />
      {chosen && <BayCard {...{ bay: chosen, row, status, communes, change, shown }} />}
      <FigureTable {...{ state, change, selection, communes, pointed, setPointed, enough }} />
      <Notes week={facts.week.data} enough={enough} />
    </>
  );
}

function SheetHandle({ tall, setTall }: { tall: boolean; setTall: (tall: boolean) => void }) {
  const { t } = useWords();
  return (
    <button
      type="button"
      className="sheet-handle"
      aria-expanded={tall}
      onClick={() => setTall(!tall)}
    >
      <span className="sr-only">{t(tall ? "sheet.lower" : "sheet.raise")}</span>
    </button>
  );
}

interface MapSideProps {
  facts: CarteFacts;
  state: CarteState;
  change: Change;
  selection: Selection;
  enough: number;
  pointed: Target | null;
  setPointed: (target: Target | null) => void;
  setShown: (bay: string | null) => void;
  theme: Theme;
}

function MapSide(props: MapSideProps) {
  const { facts, state, change, selection, enough, pointed, setPointed, setShown, theme } = props;
  const words = useWords();
  const places = usePlaces(facts);
  const shades = useMemo<Shades>(
    () => shadesOf(words.lang, selection, enough),
    [words, selection, enough],
  );
  const tipOf = useCallback(
    (target: Target) => tipFor(words, selection, target),
    [words, selection],
  );
  const choose = ({ kind, id }: Target) => {
    setShown(kind === "bay" ? id : null);
    change(kind === "bay" ? { bay: id } : { commune: id, bay: null, camera: null });
  };
  if (!places) return null;
  return (
    <MapBoundary>
      <Suspense fallback={<Loading what={words.t("map.loading")} />}>
        <MapPane
          key={`${theme} ${words.lang}`}
          {...{ places, shades, pointed, tipOf }}
          commune={state.commune}
          bay={state.bay}
          view={state.camera}
          onPoint={setPointed}
          onChoose={choose}
          onMove={(camera) => change({ camera }, { replace: true })}
        />
      </Suspense>
    </MapBoundary>
  );
}

function useCarteState(): [CarteState, Change] {
  const address = useAddress();
  const query = address.search;
  const state = useMemo(() => readState(new URLSearchParams(query)), [query]);
  const change: Change = useCallback((part, options) => {
    const here = new URL(location.href);
    navigate(withQuery(here, queryOf(part)), options);
  }, []);
  return [state, change];
}

function useSelection(facts: CarteFacts, state: CarteState, enough: number): Selection {
  const [bays, communes] = [facts.bays.data, facts.communes.data];
  const [week, slot] = [facts.week.data, facts.slot.data];
  return useMemo(() => {
    const places = { bays: bays?.features ?? [], communes: communes?.features ?? [] };
    return select({ ...places, week, slot }, state, enough);
  }, [bays, communes, week, slot, state, enough]);
}

function usePlaces(facts: CarteFacts): Places | null {
  const [bays, communes] = [facts.bays.data, facts.communes.data];
  const streets = facts.streets.data ?? NO_PLACES;
  return useMemo(
    () => (bays && communes ? { bays, communes, streets } : null),
    [bays, communes, streets],
  );
}
