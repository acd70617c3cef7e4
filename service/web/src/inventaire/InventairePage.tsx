/** The inventory of a commune: its bays with their rules, ways to use it elsewhere, and the officer's desk. */

import { BAY_TYPES } from "../api/types";
import type { Communes } from "../api/types";
import { useResource } from "../api/use-resource";
import { Link } from "../app/Link";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { useWords } from "../phrases/phrases";
import { BayTable } from "./BayTable";
import { Desk } from "./Desk";
import { isGuessed } from "./guesses";
import { Reuse } from "./Reuse";
import type { InventoryBay, InventoryBays } from "./types";

export function InventairePage({ insee }: { insee: string }) {
  const { t } = useWords();
  const bays = useResource<InventoryBays>(`/api/v1/bays?commune=${insee}`);
  const name = useCommuneName(insee);
  useTitle(t("inventory.title", { name }));
  return (
    <article className="page inventory">
      <nav className="crumbs" aria-label={t("crumbs.label")}>
        <Link to="/communes">{t("nav.communes")}</Link>
        {" › "}
        <Link to={`/communes/${insee}`}>{name}</Link>
      </nav>
      <h1>{t("inventory.title", { name })}</h1>
      {bays.problem && <Failure problem={bays.problem} retry={bays.reload} />}
      {bays.data && <Contents insee={insee} bays={bays.data} reload={bays.reload} />}
      {!bays.data && !bays.problem && <Loading what={t("inventory.loading")} />}
    </article>
  );
}

/** The commune's name; its code until that is known. */
function useCommuneName(insee: string): string {
  const communes = useResource<Communes>("/api/v1/communes");
  const known = communes.data?.features.find(({ properties }) => properties.insee === insee);
  return known?.properties.name ?? insee;
}

function Contents({ insee, bays, reload }: { insee: string; bays: InventoryBays; reload: () => void }) {
  const list = bays.features.map(({ properties }) => properties);
  return (
    <>
      <Lead bays={list} />
      <Reuse insee={insee} />
      {list.length > 0 && <BayTable bays={list} />}
      <Desk insee={insee} onChange={reload} />
    </>
  );
}

function Lead({ bays }: { bays: readonly InventoryBay[] }) {
  const { t, many } = useWords();
  if (bays.length === 0) return <p className="lead-sentence">{t("inventory.lead.none")}</p>;
  const kinds = BAY_TYPES.map((type) => ({ type, n: bays.filter(({ bay_type: one }) => one === type).length }))
    .filter(({ n }) => n > 0)
    .map(({ type, n }) => many(`inventory.lead.${type}`, n));
  const guessed = bays.filter(isGuessed).length;
  const unordered = bays.filter(({ details }) => !details?.order_ref && !details?.order_url).length;
  return (
    <div className="lead">
      <p className="lead-sentence">
        {many("inventory.lead", bays.length, { kinds: kinds.join(", ") })}
      </p>
      <p className="soft">
        {unordered > 0 && many("inventory.lead.unordered", unordered)}{" "}
        {guessed > 0 && many("inventory.lead.guessed", guessed)}
      </p>
    </div>
  );
}
