/** What the figures rest on: how much was seen, why the rest was not, and by which calibrations. */

import { Term } from "../app/Term";
import { dateInWords, percent } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import type { AireFigures } from "./types";

export function Quality({ figures, enough }: { figures: AireFigures; enough: number }) {
  const { t, lang } = useWords();
  const { coverage, unseen } = figures;
  return (
    <section className="block" aria-labelledby="quality-title">
      <h2 id="quality-title">{t("aire.quality.title")}</h2>
      <div className="demand-pair">
        <div className="key-one">
          <h3>
            <Term term="word.coverage" meaning="word.coverage.meaning" />
          </h3>
          <p className="key-value">{percent(lang, coverage)}</p>
          <div className="track" aria-hidden="true">
            <i style={{ left: 0, width: `${coverage * 100}%` }} />
            <b style={{ left: `${enough * 100}%` }} />
          </div>
          <p className="soft">{t("key.enough", { share: percent(lang, enough) })}</p>
        </div>
        <div className="key-one">
          <h3>{t("aire.quality.unseen")}</h3>
          {unseen.length === 0 && <p className="soft">{t("aire.quality.all_seen")}</p>}
          <ul className="reasons">
            {unseen.map(({ reason, share }) => (
              <li key={reason}>
                <span>{t(`unseen.${reason}`)}</span> <b>{percent(lang, share, share < 0.01 ? 1 : 0)}</b>
              </li>
            ))}
          </ul>
        </div>
        <Calibrations figures={figures} />
      </div>
    </section>
  );
}

function Calibrations({ figures }: { figures: AireFigures }) {
  const { t, lang } = useWords();
  const day = (at: string) => dateInWords(lang, at, TIME_ZONE);
  return (
    <div className="key-one">
      <h3>{t("aire.quality.calibrations")}</h3>
      {figures.calibrations.length === 0 && <p className="soft">{t("aire.quality.no_calibration")}</p>}
      <ul className="reasons">
        {figures.calibrations.map((use) => (
          <li key={`${use.calibration} ${use.from}`}>
            <span>
              {t("aire.quality.made", { date: day(use.made_at) })}
              <small className="soft">
                {t("aire.quality.used", { from: day(use.from), to: day(use.to) })}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
