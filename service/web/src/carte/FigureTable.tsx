/** The same selection as the map in a table that sorts: everything essential without the map. */

import { useDeferredValue } from "react";
import type { CommuneFeature } from "../api/types";
import { MoreRows, useRowLimit } from "../app/MoreRows";
import { count, NO_FIGURE, percent } from "../figures/format";
import { shadeOf, stepColour } from "../figures/scale";
import type { Target } from "../map/carte-map";
import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import type { Change } from "./CartePage";
import { saveCsv } from "./csv";
import type { BayRow, CommuneRow, Selection } from "./selection";
import type { CarteState, Level, Sort, SortBy } from "./state";
import { Choices } from "./TimeControl";

const LEVELS: readonly Level[] = ["bays", "communes"];

interface FigureTableProps {
  state: CarteState;
  change: Change;
  selection: Selection;
  communes: readonly CommuneFeature[];
  pointed: Target | null;
  setPointed: (target: Target | null) => void;
  enough: number;
}

export function FigureTable(props: FigureTableProps) {
  const { state, change, selection, communes, pointed, setPointed, enough } = props;
  const words = useWords();
  const { t, many } = words;
  const [limit, more] = useRowLimit();
  const calm = useDeferredValue(selection);
  const rows: readonly (BayRow | CommuneRow)[] = calm[state.level];
  const named = (insee: string) =>
    communes.find((one) => one.properties.insee === insee)?.properties.name ?? insee;
  return (
    <section className="figures" aria-labelledby="figures-title">
      <header className="figures-head">
        <h2 id="figures-title" aria-live="polite">{many(`count.${state.level}`, rows.length)}</h2>
        <Choices
          legend={t("table.level")}
          name="level"
          values={LEVELS}
          value={state.level}
          label={(level) => t(`level.${level}`)}
          onChoose={(level) => change({ level })}
        />
        <button type="button" className="link" onClick={() => saveCsv(words, state, calm, named)}>
          {t("download.csv")}
        </button>
      </header>
      {rows.length === 0 ? (
        <p className="soft">{t("table.empty")}</p>
      ) : (
        <div className="table-box">
          <table className="table" aria-labelledby="figures-title">
            <caption className="sr-only">{t(`table.caption.${state.level}`)}</caption>
            <Head level={state.level} sort={state.sort} change={change} />
            <tbody onMouseLeave={() => setPointed(null)}>
              {rows.slice(0, limit).map((row) => (
                <Row
                  key={row.id}
                  row={row}
                  under={"commune" in row && !state.commune ? named(row.commune) : null}
                  pointed={row.id === pointed?.id}
                  chosen={row.id === state.bay || row.id === state.commune}
                  {...{ state, change, setPointed, enough }}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows rows={rows.length} {...{ limit, more }} />
    </section>
  );
}

const COLUMNS: readonly { by: SortBy; label: Record<Level, Phrase> }[] = [
  { by: "name", label: { bays: "column.bay", communes: "column.commune" } },
  { by: "occupancy", label: { bays: "column.occupancy", communes: "column.occupancy" } },
  { by: "coverage", label: { bays: "column.coverage", communes: "column.coverage" } },
  { by: "full", label: { bays: "column.full", communes: "column.full" } },
  { by: "size", label: { bays: "column.capacity", communes: "column.bays" } },
];

function Head({ level, sort, change }: { level: Level; sort: Sort; change: Change }) {
  const { t } = useWords();
  const press = (by: SortBy) => {
    const descending = sort.by === by ? !sort.descending : by !== "name";
    change({ sort: { by, descending } }, { replace: true });
  };
  const direction = sort.descending ? "descending" : "ascending";
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ by, label }) => (
          <th key={by} scope="col" aria-sort={sort.by === by ? direction : undefined}>
            <button type="button" onClick={() => press(by)}>
              {t(label[level])}
              <span className="sort-mark" aria-hidden="true" />
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps {
  row: BayRow | CommuneRow;
  /** A second line under the name: the commune of a bay. */
  under: string | null;
  pointed: boolean;
  chosen: boolean;
  state: CarteState;
  change: Change;
  setPointed: (target: Target | null) => void;
  enough: number;
}

function Row({ row, under, pointed, chosen, state, change, setPointed, enough }: RowProps) {
  const { lang } = useWords();
  const kind = state.level === "bays" ? "bay" : "commune";
  const point = () => setPointed({ kind, id: row.id });
  const choose = () =>
    change(kind === "bay" ? { bay: row.id, camera: null } : { commune: row.id, bay: null, camera: null });
  return (
    <tr data-chosen={chosen} data-pointed={pointed} onMouseEnter={point}>
      <th scope="row">
        <button type="button" onFocus={point} onBlur={() => setPointed(null)} onClick={choose}>
          {row.name}
        </button>
        {under && <span className="soft">{under}</span>}
      </th>
      <td>
        <Share row={row} enough={enough} />
      </td>
      <td>{percent(lang, row.coverage)}</td>
      <td>{percent(lang, row.full)}</td>
      <td>{count(lang, row.size)}</td>
    </tr>
  );
}

/** An occupancy as a number and a bar; hatched where it was seen for too short a time. */
export function Share({ row, enough }: { row: { occupancy: number | null; coverage: number }; enough: number }) {
  const { lang, t } = useWords();
  const shade = shadeOf(row.occupancy, row.coverage, enough);
  if (shade.kind === "unseen") return <span className="soft" title={t("tip.unseen")}>{NO_FIGURE}</span>;
  return (
    <span className="share" data-thin={!shade.enough}>
      <span>{percent(lang, shade.share)}</span>
      <span className="share-bar" aria-hidden="true">
        <i style={{ width: `${shade.share * 100}%`, background: stepColour(shade.step) }} />
      </span>
      {!shade.enough && <span className="sr-only">{t("coverage.thin")}</span>}
    </span>
  );
}
