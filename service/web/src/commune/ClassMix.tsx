/** Who parks in the bays: shares of the stays by vehicle class, labelled directly. */

import { VEHICLE_CLASSES } from "../api/types";
import type { CommuneFigures } from "../api/types";
import { percent } from "../figures/format";
import { useWords } from "../phrases/phrases";

export function ClassMix({ mix }: { mix: CommuneFigures["class_mix"] }) {
  const { t, lang } = useWords();
  return (
    <section className="mix" aria-labelledby="mix-title">
      <h2 id="mix-title">{t("mix.title")}</h2>
      <table className="mix-table">
        <caption className="sr-only">{t("mix.caption")}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t("filters.class")}</th>
            <th scope="col">{t("mix.share")}</th>
          </tr>
        </thead>
        <tbody>
          {VEHICLE_CLASSES.map((name) => (
            <tr key={name}>
              <th scope="row">{t(`class.${name}`)}</th>
              <td>
                <i aria-hidden="true" style={{ width: `${(mix[name] ?? 0) * 70}%` }} />
                {percent(lang, mix[name] ?? 0)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
