/** Deliveries that find no room: an estimate with its interval, or the plain word that there is none yet. */

import type { Interval } from "../api/types";
import { Term } from "../app/Term";
import { IntervalBar } from "../charts/IntervalBar";
import { count, dateInWords } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import type { Estimate } from "./types";

export function Demand({ estimate }: { estimate: Estimate | null }) {
  const { t, lang } = useWords();
  return (
    <section className="block" aria-labelledby="demand-title">
      <h2 id="demand-title">{t("aire.demand.title")}</h2>
      <div className="demand-pair">
        <One
          term="word.unserved"
          meaning="word.unserved.meaning"
          interval={estimate?.unserved_per_day ?? null}
          to={scaleOf(estimate)}
        />
        <One
          term="word.demand"
          meaning="word.demand.meaning"
          interval={estimate?.demand_per_day ?? null}
          to={scaleOf(estimate)}
        />
      </div>
      {estimate && (
        <p className="soft">
          {t("aire.demand.made", { date: dateInWords(lang, estimate.made_at, TIME_ZONE) })}
        </p>
      )}
    </section>
  );
}

interface OneProps {
  term: Phrase;
  meaning: Phrase;
  interval: Interval | null;
  to: number;
}

function One({ term, meaning, interval, to }: OneProps) {
  const { t, lang } = useWords();
  const write = (value: number | null) => count(lang, value, 1);
  return (
    <div className="key-one">
      <h3>
        <Term {...{ term, meaning }} />
      </h3>
      {interval && interval.value !== null ? (
        <>
          <p className="key-value">{write(interval.value)}</p>
          <IntervalBar {...{ interval, to, write }} />
        </>
      ) : (
        <p className="not-yet">{t("aire.demand.none")}</p>
      )}
    </div>
  );
}

/** Both figures on one scale, so that the part which finds no room is seen as a part. */
function scaleOf(estimate: Estimate | null): number {
  return Math.max(1, Math.ceil((estimate?.demand_per_day?.high ?? 0) * 1.1));
}
