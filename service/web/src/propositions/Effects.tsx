/** The expected effect in physical quantities, each with its 90 % interval. */

import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import { IntervalBar, spanOf } from "./IntervalBar";
import { QUANTITIES, shownRange, signed, signedRange } from "./sentences";
import type { Quantity } from "./sentences";
import type { Effect, Range } from "./types";

export function Effects({ effect }: { effect: Effect }) {
  const { t } = useWords();
  return (
    <section className="effects" aria-labelledby="effects-title">
      <h2 id="effects-title">{t("effects.title")}</h2>
      <p className="soft">{t("effects.lead")}</p>
      <EffectRows effect={effect} />
    </section>
  );
}

export function EffectRows({ effect }: { effect: Effect }) {
  return (
    <dl className="effect-rows">
      {QUANTITIES.map((quantity) => (
        <Row key={quantity.name} quantity={quantity} range={shownRange(quantity, effect)} />
      ))}
    </dl>
  );
}

function Row({ quantity, range }: { quantity: Quantity; range: Range }) {
  const words = useWords();
  const { t, lang } = words;
  const { name, digits, better } = quantity;
  return (
    <div className="effect-row" data-good={verdict(range, better)}>
      <dt>
        <details className="term">
          <summary>{t(`effect.${name}`)}</summary>
          <span className="term-meaning">{t(`effect.${name}.meaning`)}</span>
        </details>
      </dt>
      <dd className="effect-value">
        {signed(lang, range.mean, digits)} <small>{t(`effect.${name}.unit` as Phrase)}</small>
      </dd>
      <dd className="effect-bar">
        <IntervalBar range={range} span={spanOf([range, { mean: 0, p05: -least(range), p95: least(range) }])} />
      </dd>
      <dd className="soft">
        {signedRange(words, range, digits)} <span className="verdict">{t(`verdict.${verdict(range, better)}`)}</span>
      </dd>
    </div>
  );
}

/** Room on the other side of zero, so that the direction shows. */
function least({ p05, p95 }: Range): number {
  return Math.max(Math.abs(p05), Math.abs(p95)) * 0.35;
}

/** Better or worse where the whole interval lies on one side of zero. */
function verdict({ p05, p95 }: Range, better: 1 | -1): "good" | "bad" | "open" {
  if (p05 <= 0 && p95 >= 0) return "open";
  return p05 > 0 === better > 0 ? "good" : "bad";
}
