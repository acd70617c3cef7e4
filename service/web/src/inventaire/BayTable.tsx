/** The bays of an inventory in a table that sorts and filters, a hundred at a time. */

import { useDeferredValue, useState } from "react";
import { Field } from "../app/Field";
import { Link } from "../app/Link";
import { MoreRows, useRowLimit } from "../app/MoreRows";
import { count } from "../figures/format";
import { rulesInWords } from "../figures/rules";
import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import { guessesInWords, isGuessed } from "./guesses";
import type { InventoryBay } from "./types";

type Column = "name" | "type" | "length" | "capacity" | "order";

const COLUMNS: readonly { by: Column; label: Phrase }[] = [
  { by: "name", label: "column.bay" },
  { by: "type", label: "column.type" },
  { by: "length", label: "column.length" },
  { by: "capacity", label: "column.capacity" },
  { by: "order", label: "column.order" },
];

const KEYS: Record<Column, (bay: InventoryBay) => string | number> = {
  name: (bay) => bay.name || bay.bay_id,
  type: (bay) => bay.bay_type,
  length: (bay) => bay.length_m,
  capacity: (bay) => bay.capacity,
  order: (bay) => bay.details?.order_ref ?? "",
};

interface Sort {
  by: Column;
  descending: boolean;
}

export function BayTable({ bays }: { bays: readonly InventoryBay[] }) {
  const words = useWords();
  const { t, many } = words;
  const [wanted, setWanted] = useState("");
  const [sort, setSort] = useState<Sort>({ by: "name", descending: false });
  const [limit, more] = useRowLimit();
  const text = useDeferredValue(wanted).trim().toLocaleLowerCase("fr");
  const rows = sorted(bays.filter((bay) => matches(bay, text)), sort);
  return (
    <section className="inventory-bays" aria-labelledby="inventory-bays-title">
      <div className="inventory-bays-head">
        <h2 id="inventory-bays-title" aria-live="polite">
          {many("count.bays", rows.length)}
        </h2>
        <Field label={t("inventory.find")}>
          {(id) => <input id={id} type="search" value={wanted} onChange={(event) => setWanted(event.target.value)} />}
        </Field>
      </div>
      {rows.length === 0 ? (
        <p className="soft">{t("table.empty")}</p>
      ) : (
        <div className="table-box">
          <table className="table" aria-labelledby="inventory-bays-title">
            <Head sort={sort} setSort={setSort} />
            <tbody>
              {rows.slice(0, limit).map((bay) => (
                <Row key={bay.bay_id} bay={bay} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows rows={rows.length} {...{ limit, more }} />
    </section>
  );
}

function matches({ bay_id: id, name, details }: InventoryBay, text: string): boolean {
  const said = [id, name, details?.address, details?.order_ref];
  return text === "" || said.some((one) => one?.toLocaleLowerCase("fr").includes(text));
}

function sorted(bays: readonly InventoryBay[], { by, descending }: Sort): readonly InventoryBay[] {
  const key = KEYS[by];
  const order = descending ? -1 : 1;
  return bays.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (typeof one === "number" && typeof other === "number") return order * (one - other);
    return order * String(one).localeCompare(String(other), "fr", { numeric: true });
  });
}

function Head({ sort, setSort }: { sort: Sort; setSort: (sort: Sort) => void }) {
  const { t } = useWords();
  const direction = sort.descending ? "descending" : "ascending";
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ by, label }) => (
          <th key={by} scope="col" aria-sort={sort.by === by ? direction : undefined}>
            <button type="button" onClick={() => setSort({ by, descending: sort.by === by && !sort.descending })}>
              {t(label)}
              <span className="sort-mark" aria-hidden="true" />
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row({ bay }: { bay: InventoryBay }) {
  const words = useWords();
  const { t, lang } = words;
  return (
    <tr>
      <th scope="row">
        <Link to={`/aires/${encodeURIComponent(bay.bay_id)}`}>{bay.name || bay.bay_id}</Link>
        <span className="soft">{bay.rules_text?.[lang] ?? rulesInWords(words, bay.rules)}</span>
        {isGuessed(bay) && <span className="soft guess">{guessesInWords(words, bay)}</span>}
      </th>
      <td>{t(`type.${bay.bay_type}`)}</td>
      <td>{count(lang, bay.length_m, 1)} m</td>
      <td>{count(lang, bay.capacity)}</td>
      <td>
        <Order bay={bay} />
      </td>
    </tr>
  );
}

/** The order's reference, as a link only where the inventory gives a web address. */
function Order({ bay: { details } }: { bay: InventoryBay }) {
  const { t } = useWords();
  const text = details?.order_ref ?? (details?.order_url ? t("inventory.order") : "–");
  return details?.order_url?.startsWith("https://") ? (
    <a href={details.order_url} rel="noreferrer">
      {text}
    </a>
  ) : (
    <>{text}</>
  );
}
