/** What an officer does with the inventory: checks it, imports another, takes an import back, keeps calendars. */

import { Failure } from "../app/States";
import { KeyForm } from "../commune/Exclusions";
import { useWords } from "../phrases/phrases";
import { Calendars } from "./Calendars";
import { Findings } from "./Findings";
import { ImportDesk } from "./ImportDesk";
import { Imports } from "./Imports";
import { useInventory } from "./use-inventory";

export function Desk({ insee, onChange }: { insee: string; onChange: () => void }) {
  const { t } = useWords();
  const desk = useInventory(insee, onChange);
  return (
    <section className="inventory-desk" aria-labelledby="inventory-desk-title">
      <h2 id="inventory-desk-title">{t("inventory.desk")}</h2>
      <p className="soft">{t("inventory.desk.lead")}</p>
      {desk.problem && <Failure problem={desk.problem} />}
      <p role="status" className="said">
        {desk.said && t(desk.said)}
      </p>
      {!desk.open && <KeyForm enter={desk.enter} />}
      {desk.open && desk.shelf && (
        <>
          <Findings findings={desk.shelf.findings} />
          <ImportDesk desk={desk} />
          <Imports imports={desk.shelf.imports} desk={desk} />
          <Calendars calendars={desk.shelf.calendars} desk={desk} />
        </>
      )}
      {desk.open && (
        <button type="button" className="link" onClick={desk.leave}>
          {t("exclusion.leave")}
        </button>
      )}
    </section>
  );
}
