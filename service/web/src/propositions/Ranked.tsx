/** Suggestions one below the other: bay, rule before and after, effects with their intervals, how sure. */

import { Link } from "../app/Link";
import { useWords } from "../phrases/phrases";
import { DayStrip } from "./DayStrip";
import { GradeBadge } from "./GradeBadge";
import { IntervalBar, spanOf } from "./IntervalBar";
import { rulesInWords } from "./rules";
import { chanceInWords, MAIN_QUANTITIES, shownRange, signed } from "./sentences";
import type { MainQuantity } from "./sentences";
import type { Effect, Item } from "./types";

interface RankedProps {
  items: readonly Item[];
  /** Names of communes by code. */
  names: ReadonlyMap<string, string>;
}

export function Ranked({ items, names }: RankedProps) {
  const { t } = useWords();
  return (
    <div className="ranked">
      <p className="ranked-head" aria-hidden="true">
        <span />
        <span>{t("column.bay")}</span>
        <span>{t("ranked.rule")}</span>
        {MAIN_QUANTITIES.map(({ name }) => (
          <span key={name}>{t(`ranked.${name}`)}</span>
        ))}
        <span>{t("ranked.chance")}</span>
      </p>
      <ol>
        {items.map((item) => (
          <One key={item.id} item={item} commune={names.get(item.commune) ?? item.commune} all={items} />
        ))}
      </ol>
    </div>
  );
}

function One({ item, commune, all }: { item: Item; commune: string; all: readonly Item[] }) {
  const words = useWords();
  const { t } = words;
  return (
    <li className="ranked-row">
      <GradeBadge grade={item.grade} />
      <div className="ranked-bay">
        <Link className="ranked-link" to={`/propositions/${item.id}`}>
          {item.name || item.bay_id}
        </Link>
        <p className="soft">
          {commune} · {item.bay_id}
          {item.status && item.status !== "proposed" && (
            <>
              {" · "}
              <strong>{t(`status.${item.status}`)}</strong>
            </>
          )}
        </p>
      </div>
      <RuleChange item={item} />
      {MAIN_QUANTITIES.map((quantity) => (
        <Figure key={quantity.name} {...{ quantity, all }} effect={item.effect} />
      ))}
      <p className="ranked-chance">
        <span className="ranked-label">{t("ranked.chance")}</span> {chanceInWords(words, item.p_gain)}
      </p>
    </li>
  );
}

function RuleChange({ item }: { item: Item }) {
  const words = useWords();
  const next = item.rules_new ?? item.rule_now;
  const lines = rulesInWords(words, next);
  return (
    <div className="ranked-rule">
      <DayStrip now={item.rule_now} next={next} />
      <p className="soft">
        <span className="sr-only">{words.t("ranked.rule.new")} </span>
        {lines.length > 0 ? lines.join(" ; ") : words.t("rule.none")}
      </p>
    </div>
  );
}

interface FigureProps {
  quantity: MainQuantity;
  effect: Effect | null;
  all: readonly Item[];
}

function Figure({ quantity, effect, all }: FigureProps) {
  const { t, lang } = useWords();
  const effects = all.map((item) => item.effect).filter((one) => one !== null);
  const range = effect && shownRange(quantity, effect);
  return (
    <div className="ranked-figure">
      <p>
        <span className="ranked-label">{t(`ranked.${quantity.name}`)}</span>{" "}
        {range ? signed(lang, range.mean, quantity.digits) : "–"}
      </p>
      {range && (
        <IntervalBar range={range} span={spanOf(effects.map((one) => shownRange(quantity, one)))} />
      )}
    </div>
  );
}
