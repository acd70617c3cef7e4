/** Who stops in the bay: shares of the arrivals and of the time, and arrivals per day with their interval. */

import { VEHICLE_CLASSES } from "../api/types";
import { count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { AireFigures } from "./types";

export function Visitors({ figures }: { figures: AireFigures }) {
  const { t, lang } = useWords();
  const { class_mix: mix, arrivals_per_day: perDay } = figures;
  return (
    <section className="block" aria-labelledby="visitors-title">
      <h2 id="visitors-title">{t("mix.title")}</h2>
      <div className="table-box">
        <table className="table visitors">
          <caption className="sr-only">{t("aire.mix.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("filters.class")}</th>
              <th scope="col">{t("aire.mix.arrivals")}</th>
              <th scope="col">{t("aire.mix.time")}</th>
              <th scope="col">{t("aire.mix.per_day")}</th>
            </tr>
          </thead>
          <tbody>
            {VEHICLE_CLASSES.map((name) => {
              const { value, low, high } = perDay[name];
              return (
                <tr key={name}>
                  <th scope="row">{t(`class.${name}`)}</th>
                  <td>
                    <Share value={mix.arrivals[name] ?? null} />
                  </td>
                  <td>
                    <Share value={mix.time[name] ?? null} />
                  </td>
                  <td>
                    {count(lang, value, 1)}
                    {low !== null && high !== null && (
                      <small className="soft">
                        {t("aire.mix.between", { low: count(lang, low, 1), high: count(lang, high, 1) })}
                      </small>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="soft">{t("aire.mix.note")}</p>
    </section>
  );
}

function Share({ value }: { value: number | null }) {
  const { lang } = useWords();
  return (
    <span className="mix-share">
      <span className="mix-bar" aria-hidden="true">
        <i style={{ width: `${(value ?? 0) * 100}%` }} />
      </span>
      <span>{percent(lang, value)}</span>
    </span>
  );
}
