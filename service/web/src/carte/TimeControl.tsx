/** The time that the map shows: the last complete slot, or an hour of the typical week. */

import { useEffect, useRef, useState } from "react";
import { DAYS } from "../api/types";
import { clock, percent } from "../figures/format";
import { shadeOf, stepColour } from "../figures/scale";
import type { Figure } from "../figures/weighted";
import { useWords } from "../phrases/phrases";
import type { Change } from "./CartePage";
import type { CarteState, TimeView } from "./state";

/** One hour a second: slow enough to read the map at each step. */
const PLAY_MS = 1000;
const VIEWS: readonly TimeView[] = ["week", "slot"];

interface TimeProps {
  state: CarteState;
  change: Change;
  hours: readonly Figure[];
  enough: number;
}

export function TimeControl({ state, change, hours, enough }: TimeProps) {
  const { t } = useWords();
  return (
    <section className="time" aria-label={t("time.label")}>
      <Choices
        legend={t("time.view")}
        name="view"
        values={VIEWS}
        value={state.view}
        label={(view) => t(`view.${view}`)}
        onChoose={(view) => change({ view })}
      />
      {state.view === "week" && (
        <>
          <Choices
            legend={t("time.day")}
            name="day"
            values={DAYS}
            value={state.day}
            label={(day) => <abbr title={t(`day.${day}`)}>{t(`day.${day}.short`)}</abbr>}
            onChoose={(day) => change({ day })}
          />
          <Hours {...{ state, change, hours, enough }} />
        </>
      )}
    </section>
  );
}

interface ChoicesProps<T extends string> {
  legend: string;
  name: string;
  values: readonly T[];
  value: T;
  label: (value: T) => React.ReactNode;
  onChoose: (value: T) => void;
}

/** A row of radio buttons drawn as one segmented control. */
export function Choices<T extends string>(props: ChoicesProps<T>) {
  const { legend, name, values, value, label, onChoose } = props;
  return (
    <fieldset className="choices">
      <legend className="sr-only">{legend}</legend>
      {values.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === value}
            onChange={() => onChoose(one)}
          />
          <span>{label(one)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Hours({ state, change, hours, enough }: TimeProps) {
  const { t, lang } = useWords();
  const setHour = (hour: number) => change({ hour }, { replace: true });
  const chosen = hours[state.hour];
  const spoken = t("time.spoken", {
    from: clock(lang, state.hour),
    to: clock(lang, state.hour + 1),
    value: percent(lang, chosen?.occupancy ?? null),
  });
  return (
    <div className="hours">
      <div className="hours-head">
        <PlayButton hour={state.hour} setHour={setHour} />
        <label htmlFor="hour">
          <strong>
            {clock(lang, state.hour)} – {clock(lang, state.hour + 1)}
          </strong>
          <span className="hours-value">{percent(lang, chosen?.occupancy ?? null)}</span>
          <span className="sr-only">{t("time.hour")}</span>
        </label>
      </div>
      <div className="hours-strip">
        <HourBars {...{ hours, enough }} chosen={state.hour} />
        <input
          id="hour"
          type="range"
          min={0}
          max={23}
          step={1}
          value={state.hour}
          aria-valuetext={spoken}
          onChange={(event) => setHour(Number(event.target.value))}
        />
      </div>
      <div className="hours-ticks" aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
            {clock(lang, hour)}
          </span>
        ))}
      </div>
    </div>
  );
}

interface BarsProps {
  hours: readonly Figure[];
  chosen: number;
  enough: number;
}

function HourBars({ hours, chosen, enough }: BarsProps) {
  return (
    <div className="hour-bars" aria-hidden="true">
      {hours.map((figure, hour) => {
        const shade = shadeOf(figure.occupancy, figure.coverage, enough);
        const seen = shade.kind === "seen";
        return (
          <span key={hour} data-chosen={hour === chosen} data-thin={seen && !shade.enough}>
            <i
              data-unseen={!seen}
              style={
                seen
                  ? { height: `${Math.max(shade.share * 100, 3)}%`, background: stepColour(shade.step) }
                  : {}
              }
            />
          </span>
        );
      })}
    </div>
  );
}

/** Plays the day; a reader who asked for less motion steps one hour at a time instead. */
function PlayButton({ hour, setHour }: { hour: number; setHour: (hour: number) => void }) {
  const { t } = useWords();
  const [playing, setPlaying] = useState(false);
  const latest = useRef(hour);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  useEffect(() => {
    latest.current = hour;
  }, [hour]);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => setHour((latest.current + 1) % 24), PLAY_MS);
    return () => clearInterval(timer);
  });
  const press = () => (still ? setHour((hour + 1) % 24) : setPlaying(!playing));
  const label = t(still ? "play.step" : playing ? "play.pause" : "play.start");
  return (
    <button type="button" className="play" aria-label={label} title={label} onClick={press}>
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
        {playing ? (
          <path d="M5 4h3.5v12H5zM11.5 4H15v12h-3.5z" fill="currentColor" />
        ) : (
          <path d="M6 3.5v13l10.5-6.5z" fill="currentColor" />
        )}
      </svg>
    </button>
  );
}
