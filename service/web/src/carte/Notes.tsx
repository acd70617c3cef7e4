/** How to read the page, and why nothing on it is live: each one click away. */

import type { Week } from "../api/types";
import { dayInWords, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";

export function Notes({ week, enough }: { week: Week | null; enough: number }) {
  const { t, lang } = useWords();
  const share = percent(lang, enough);
  return (
    <section className="notes" aria-label={t("notes.label")}>
      <details>
        <summary>{t("notes.read")}</summary>
        {week && (
          <p>
            {t("notes.period", {
              from: dayInWords(lang, week.from_on),
              to: dayInWords(lang, week.to_on),
            })}
          </p>
        )}
        <p>{t("notes.average")}</p>
        <p>{t("notes.hatch", { share })}</p>
      </details>
      <details>
        <summary>{t("notes.live")}</summary>
        <p>{t("notes.live.why")}</p>
      </details>
    </section>
  );
}
