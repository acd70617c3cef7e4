/** What was seen, hour by hour: deliveries that wanted to stop and those that could, lack of room, parked cars. */

import { useState } from "react";
import { Choices } from "../carte/TimeControl";
import { clock, count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { HourChart } from "./HourChart";
import type { Piece } from "./HourChart";
import { windowsOf } from "./rules";
import { hourly, thinHours } from "./series";
import type { DayKind, HalfHours, RuleDay, Whole } from "./types";

/** A day that stands for its kind. */
const DAY_OF: Record<DayKind, RuleDay> = { weekday: "mo", saturday: "sa", sunday: "su" };

export function Evidence({ evidence, one }: { evidence: readonly HalfHours[]; one: Whole }) {
  const { t } = useWords();
  const [kind, setKind] = useState<DayKind>(evidence[0]?.day_kind ?? "weekday");
  const shown = evidence.find((halves) => halves.day_kind === kind);
  return (
    <section className="evidence" aria-labelledby="evidence-title">
      <h2 id="evidence-title">{t("evidence.title")}</h2>
      {evidence.length > 1 && (
        <Choices
          legend={t("evidence.kind")}
          name="evidence"
          values={evidence.map((halves) => halves.day_kind)}
          value={kind}
          label={(value) => t(`kind.${value}`)}
          onChoose={setKind}
        />
      )}
      {shown ? <Charts halves={shown} one={one} /> : <p className="soft">{t("evidence.none")}</p>}
    </section>
  );
}

function Charts({ halves, one }: { halves: HalfHours; one: Whole }) {
  const words = useWords();
  const { t, lang } = words;
  const wanted = hourly(halves.wanted_per_h);
  const served = hourly(halves.deliveries_per_h);
  const room = hourly(halves.no_room_share);
  const cars = hourly(halves.cars);
  const thin = thinHours(halves.seen_h);
  const pieces = piecesOf(words, one, DAY_OF[halves.day_kind]);
  return (
    <>
      <p>{refusedInWords(words, wanted, served)}</p>
      <div className="evidence-charts">
        <HourChart
          title={t("evidence.demand")}
          bars={served}
          line={wanted}
          labels={{ bars: t("evidence.served"), line: t("evidence.wanted") }}
          write={(value) => count(lang, value, 1)}
          {...{ thin, pieces }}
        />
        <HourChart
          title={t("evidence.no_room")}
          bars={room}
          top={1}
          write={(value) => percent(lang, value)}
          {...{ thin, pieces }}
        />
        <HourChart
          title={t("evidence.cars")}
          bars={cars}
          write={(value) => count(lang, value, 1)}
          {...{ thin, pieces }}
        />
      </div>
      <p className="soft">{t("evidence.hatch")}</p>
      <details>
        <summary>{t("hours.as_table")}</summary>
        <HoursTable columns={[wanted, served, room, cars]} />
      </details>
    </>
  );
}

function piecesOf({ t }: Words, one: Whole, day: RuleDay): Piece[] {
  const { rule_now: now, rules_new: next } = one.record;
  const rows: Piece[] = [{ name: t("strips.now"), windows: windowsOf(now, day) }];
  return next ? [...rows, { name: t("strips.next"), windows: windowsOf(next, day) }] : rows;
}

/** The three hours after which most deliveries found no room, in one sentence. */
function refusedInWords({ t, lang }: Words, wanted: readonly Value[], served: readonly Value[]): string {
  const missing = wanted.map((value, hour) => Math.max(0, (value ?? 0) - (served[hour] ?? value ?? 0)));
  const total = missing.reduce((sum, value) => sum + value, 0);
  const all = wanted.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  if (all === 0 || total / all < LEAST_SHARE) return t("evidence.said.none");
  const sums = missing.map((_, hour) => missing.slice(hour, hour + 3).reduce((a, b) => a + b, 0));
  const from = sums.indexOf(Math.max(...sums));
  const tenths = Math.min(9, Math.max(1, Math.round((total / all) * 10)));
  return t("evidence.said", {
    n: tenths,
    from: clock(lang, from),
    to: clock(lang, Math.min(24, from + 3)),
  });
}

/** Below this share of deliveries without room there is none to speak of. */
const LEAST_SHARE = 0.05;

type Value = number | null;

const COLUMNS = ["evidence.wanted", "evidence.served", "evidence.no_room", "evidence.cars"] as const;

function HoursTable({ columns }: { columns: readonly (readonly Value[])[] }) {
  const { t, lang } = useWords();
  const cell = (value: Value | undefined, column: number) => {
    if (value === null || value === undefined) return t("tip.unseen");
    return column === 2 ? percent(lang, value) : count(lang, value, 1);
  };
  return (
    <div className="table-box" role="group" aria-labelledby="evidence-title" tabIndex={0}>
      <table className="table">
        <caption className="sr-only">{t("evidence.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("hours.hour")}</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: 24 }, (_, hour) => (
            <tr key={hour}>
              <th scope="row">
                {clock(lang, hour)} – {clock(lang, hour + 1)}
              </th>
              {columns.map((values, column) => (
                <td key={COLUMNS[column]}>{cell(values[hour], column)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
