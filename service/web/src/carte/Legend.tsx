/** The scale with its numbers, the hatch and the outline of what was not seen. */

import { percent } from "../figures/format";
import { STEP_FROM, stepColour } from "../figures/scale";
import { useWords } from "../phrases/phrases";

export function Legend({ enough }: { enough: number }) {
  const { t, lang } = useWords();
  return (
    <div className="legend">
      <p className="legend-title">{t("legend.title")}</p>
      <div className="legend-scale">
        {STEP_FROM.map((from, step) => (
          <span key={from}>
            <i style={{ background: stepColour(step) }} />
            <b>{from * 100}</b>
          </span>
        ))}
        <b>{percent(lang, 1)}</b>
      </div>
      <ul>
        <li>
          <i className="legend-hatch" /> {t("legend.thin", { share: percent(lang, enough) })}
        </li>
        <li>
          <i className="legend-unseen" /> {t("legend.unseen")}
        </li>
      </ul>
    </div>
  );
}
