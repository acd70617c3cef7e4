/** What an import would do: counts, the bays on a map and in a table, and every row that is not taken, with its reason. */

import { lazy, Suspense } from "react";
import { Loading } from "../app/States";
import { count } from "../figures/format";
import { MARKS } from "../map/images";
import { useWords } from "../phrases/phrases";
import { KINDS } from "./types";
import type { Change, InventoryBay, Note, Preview } from "./types";

const PreviewMap = lazy(() => import("./PreviewMap"));

/** Rows of a list that are drawn; the report that the command writes holds all. */
const MOST_ROWS = 200;

interface PreviewProps {
  file: File;
  preview: Preview;
  take: () => void;
  forget: () => void;
  busy: boolean;
}

export function PreviewOf({ file, preview, take, forget, busy }: PreviewProps) {
  const { t, many } = useWords();
  const { report, features } = preview;
  const writes = KINDS.filter((kind) => kind !== "unchanged").reduce((sum, kind) => sum + (report.changes[kind] ?? 0), 0);
  return (
    <div className="preview">
      <h4>{t("preview.title", { name: file.name, format: report.format })}</h4>
      <Counts preview={preview} />
      {features.features.length > 0 && (
        <Suspense fallback={<Loading what={t("map.loading")} />}>
          <PreviewMap features={features} />
        </Suspense>
      )}
      <Notes title={many("preview.refused", report.reasons.length)} notes={report.reasons} open />
      <Notes title={many("preview.warnings", report.warnings.length)} notes={report.warnings} />
      <Notes title={many("preview.repairs", report.repairs.length)} notes={report.repairs} />
      <Changes bays={features.features.map(({ properties }) => properties)} />
      <div className="preview-act">
        <button type="button" className="button primary" disabled={busy || writes === 0} onClick={take}>
          {writes === 0 ? t("preview.nothing") : many("preview.take", writes)}
        </button>
        <button type="button" className="button" onClick={forget} disabled={busy}>
          {t("preview.forget")}
        </button>
        <p className="soft">{t("preview.unwritten")}</p>
      </div>
    </div>
  );
}

function Counts({ preview: { report } }: { preview: Preview }) {
  const { t, lang } = useWords();
  const rows = ["rows", "imported", "merged", "refused"] as const;
  return (
    <dl className="facts preview-counts">
      {rows.map((name) => (
        <div key={name}>
          <dt>{t(`preview.${name}.count`)}</dt>
          <dd>{count(lang, report[name])}</dd>
        </div>
      ))}
      {[...KINDS, "not_in_file" as const].map((kind) => (
        <div key={kind} data-change={kind}>
          <dt>{t(`change.${kind}`)}</dt>
          <dd>{count(lang, report.changes[kind] ?? 0)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Notes({ title, notes, open = false }: { title: string; notes: readonly Note[]; open?: boolean }) {
  const { t, many, named } = useWords();
  if (notes.length === 0) return null;
  return (
    <details className="preview-notes" open={open}>
      <summary>{title}</summary>
      <div className="table-box">
        <table className="table">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("column.row")}</th>
              <th scope="col" className="reason">
                {t("column.what")}
              </th>
            </tr>
          </thead>
          <tbody>
            {notes.slice(0, MOST_ROWS).map((note, index) => (
              <tr key={index}>
                <th scope="row">{note.row}</th>
                <td className="reason">
                  {named(`reason.${note.code}`, note.code)}{" "}
                  <span className="soft" lang="en">
                    {note.message}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {notes.length > MOST_ROWS && <p className="soft">{many("preview.others", notes.length - MOST_ROWS)}</p>}
    </details>
  );
}

function Changes({ bays }: { bays: readonly (InventoryBay & Change)[] }) {
  const words = useWords();
  const { t, lang, many } = words;
  const changed = bays.filter(({ change }) => change !== "unchanged");
  if (changed.length === 0) return null;
  return (
    <details className="preview-notes">
      <summary>{many("preview.changes", changed.length)}</summary>
      <ul className="change-list">
        {changed.slice(0, MOST_ROWS).map((bay) => (
          <li key={bay.bay_id} data-change={bay.change}>
            <ChangeMark change={bay.change} /> <strong>{bay.name || bay.bay_id}</strong>{" "}
            <span className="soft">
              {t(`change.${bay.change}.one`)}
              {bay.moved_m ? ` ${count(lang, bay.moved_m, 1)} m` : ""}
              {bay.change === "changed" && (bay.fields ?? []).length > 0
                ? ` (${(bay.fields ?? []).map((field) => words.named(`field.${field}`, field)).join(", ")})`
                : ""}
            </span>
          </li>
        ))}
      </ul>
      {changed.length > MOST_ROWS && <p className="soft">{many("preview.others", changed.length - MOST_ROWS)}</p>}
    </details>
  );
}

/** The mark of a change: a shape of its own, so that colour is never alone. */
export function ChangeMark({ change }: { change: Change["change"] }) {
  return (
    <svg className="change-mark" data-change={change} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={MARKS[change]} />
    </svg>
  );
}
