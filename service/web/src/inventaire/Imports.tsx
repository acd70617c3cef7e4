/** The imports that were made, newest first; each can be taken back as a whole. */

import { useState } from "react";
import { count, instantInWords } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import type { Import } from "./types";
import type { InventoryDesk } from "./use-inventory";

export function Imports({ imports, desk }: { imports: readonly Import[]; desk: InventoryDesk }) {
  const { t } = useWords();
  return (
    <section className="imports" aria-labelledby="imports-title">
      <h3 id="imports-title">{t("imports.title")}</h3>
      {imports.length === 0 ? (
        <p className="soft">{t("imports.none")}</p>
      ) : (
        <ul>
          {imports.map((one) => (
            <One key={one.id} one={one} desk={desk} />
          ))}
        </ul>
      )}
    </section>
  );
}

function One({ one, desk }: { one: Import; desk: InventoryDesk }) {
  const { t, lang } = useWords();
  const [asked, setAsked] = useState(false);
  const { counts } = one;
  const of = (name: keyof Import["counts"]) => count(lang, counts[name] ?? 0);
  return (
    <li data-undone={one.undone_at !== null}>
      <div>
        <strong>{one.file_name}</strong>{" "}
        <span className="soft">
          {t("imports.by", { by: one.by, at: instantInWords(lang, one.made_at, TIME_ZONE) })}
        </span>
        <p className="soft">
          {t("imports.counts", { new: of("new"), changed: of("changed"), moved: of("moved"), refused: of("refused") })}
        </p>
        {one.undone_at && (
          <p className="soft">
            {t("imports.undone", { by: one.undone_by ?? "", at: instantInWords(lang, one.undone_at, TIME_ZONE) })}
          </p>
        )}
      </div>
      {!one.undone_at && !asked && (
        <button type="button" className="link" onClick={() => setAsked(true)}>
          {t("imports.undo")}
        </button>
      )}
      {!one.undone_at && asked && (
        <div className="imports-sure">
          <p>{t("imports.sure")}</p>
          <button type="button" className="button" disabled={desk.busy} onClick={() => void desk.undo(one.id)}>
            {t("imports.undo.confirm")}
          </button>
          <button type="button" className="link" onClick={() => setAsked(false)}>
            {t("imports.keep")}
          </button>
        </div>
      )}
    </li>
  );
}
