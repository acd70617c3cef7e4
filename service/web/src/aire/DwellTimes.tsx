/** How long vehicles stay, against the maximum stay of the rule; longer stays are a statistic, never an offence. */

import { VEHICLE_CLASSES } from "../api/types";
import type { TimeRule, VehicleClass } from "../api/types";
import { Term } from "../app/Term";
import { Choices } from "../carte/TimeControl";
import { Histogram } from "../charts/Histogram";
import type { Bin } from "../charts/Histogram";
import { count, percent } from "../figures/format";
import { maxStays } from "../figures/rules";
import { useWords } from "../phrases/phrases";
import type { AireState, ChangeState } from "./state";
import type { Dwell } from "./types";

const TICKS = [0, 15, 30, 45, 60, 90];
const CHOICES = ["all", ...VEHICLE_CLASSES] as const;

interface DwellProps {
  dwell: Dwell;
  rules: readonly TimeRule[];
  state: AireState;
  change: ChangeState;
}

export function DwellTimes({ dwell, rules, state, change }: DwellProps) {
  const { t, lang } = useWords();
  const wanted = state.vehicle ? [state.vehicle] : VEHICLE_CLASSES;
  const bins = binsOf(dwell, wanted);
  const total = bins.reduce((sum, { main, other }) => sum + main + other, 0);
  const limits = maxStays(rules);
  return (
    <section className="block" aria-labelledby="dwell-title">
      <div className="block-head">
        <h2 id="dwell-title">{t("aire.dwell.title")}</h2>
        <Choices
          legend={t("filters.class")}
          name="class"
          values={CHOICES}
          value={state.vehicle ?? "all"}
          label={(name) => (name === "all" ? t("aire.dwell.all") : t(`class.${name}`))}
          onChoose={(name) => change({ vehicle: name === "all" ? null : name })}
        />
      </div>
      {total === 0 ? (
        <p className="soft">{t("aire.dwell.none")}</p>
      ) : (
        <>
          <Histogram
            label={t("aire.dwell.label", { n: count(lang, total) })}
            bins={bins}
            marks={limits.map((at) => ({ at, text: t("rule.max_stay", { n: at }) }))}
            ticks={TICKS}
          />
          <Legend limited={limits.length > 0} />
          <Sentences dwell={dwell} wanted={wanted} all={state.vehicle === null} />
          <details>
            <summary>{t("aire.dwell.as_table")}</summary>
            <DwellTable dwell={dwell} />
          </details>
        </>
      )}
    </section>
  );
}

function binsOf(dwell: Dwell, wanted: readonly VehicleClass[]): readonly Bin[] {
  const sum = (index: number, part: "limited" | "free") =>
    wanted.reduce((total, name) => total + (dwell.classes[name][part][index] ?? 0), 0);
  return dwell.from_min.map((from, index) => ({
    from,
    main: sum(index, "limited"),
    other: sum(index, "free"),
  }));
}

function Legend({ limited }: { limited: boolean }) {
  const { t } = useWords();
  if (!limited) return null;
  return (
    <p className="heat-legend">
      <span>
        <i className="histogram-main" /> {t("aire.dwell.limited")}
      </span>
      <span>
        <i className="histogram-other" /> {t("aire.dwell.free")}
      </span>
    </p>
  );
}

interface SentencesProps {
  dwell: Dwell;
  wanted: readonly VehicleClass[];
  all: boolean;
}

function Sentences({ dwell, wanted, all }: SentencesProps) {
  const { t, lang, many } = useWords();
  const overstays = wanted.map((name) => dwell.classes[name].overstays);
  const limited = overstays.reduce((sum, one) => sum + one.limited, 0);
  const longer = overstays.reduce((sum, one) => sum + one.longer, 0);
  const { median_min: median, p90_min: ninth } = dwell;
  return (
    <p className="sentence">
      {all && median !== null && ninth !== null && (
        <>{t("aire.dwell.median", { median: count(lang, median), ninth: count(lang, ninth) })} </>
      )}
      {limited > 0 && (
        <>
          {t("aire.dwell.overstays", {
            share: percent(lang, longer / limited),
            longer: count(lang, longer),
            limited: count(lang, limited),
          })}{" "}
          <Term term="word.overstay.short" meaning="word.overstay.meaning" />{" "}
        </>
      )}
      {all && dwell.unended > 0 && <span className="soft">{many("aire.dwell.unended", dwell.unended)}</span>}
    </p>
  );
}

function DwellTable({ dwell }: { dwell: Dwell }) {
  const { t, lang } = useWords();
  return (
    <div className="table-box">
      <table className="table">
        <caption className="sr-only">{t("aire.dwell.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("aire.dwell.minutes")}</th>
            {VEHICLE_CLASSES.map((name) => (
              <th key={name} scope="col">
                {t(`class.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dwell.from_min.map((from, index) => {
            const to = dwell.from_min[index + 1];
            return (
              <tr key={from}>
                <th scope="row">{to === undefined ? t("aire.dwell.more", { n: from }) : `${from} – ${to}`}</th>
                {VEHICLE_CLASSES.map((name) => {
                  const { limited, free } = dwell.classes[name];
                  return <td key={name}>{count(lang, (limited[index] ?? 0) + (free[index] ?? 0))}</td>;
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
