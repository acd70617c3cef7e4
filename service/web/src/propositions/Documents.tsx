/** The files of the draft order, read with the officer's key: a draft, never an act. */

import { useState } from "react";
import { asProblem, readFile } from "../api/client";
import type { Problem } from "../api/client";
import { Failure } from "../app/States";
import { keptKey } from "../commune/officer-key";
import { useWords } from "../phrases/phrases";
import type { Whole } from "./types";

const FILES = {
  docx: "order.docx",
  pdf: "order.pdf",
  dialog: "dialog.json",
  datex2: "datex2.xml",
  policy: "policy.json",
  sign: "sign.txt",
} as const;

type Form = keyof typeof FILES;
const FORMS = Object.keys(FILES) as Form[];

export function Documents({ one, open }: { one: Whole; open: boolean }) {
  return one.record.decision === "change" ? <Files id={one.id} open={open} /> : null;
}

function Files({ id, open }: { id: number; open: boolean }) {
  const { t } = useWords();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<Form | null>(null);
  const fetchOne = async (form: Form) => {
    setProblem(null);
    setBusy(form);
    try {
      save(await readFile(`/api/v1/suggestions/${id}/${FILES[form]}`, keptKey() ?? ""));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <section className="documents" aria-labelledby="documents-title">
      <h3 id="documents-title">{t("documents.title")}</h3>
      <p className="soft">{open ? t("documents.lead") : t("documents.key")}</p>
      {problem && <Failure problem={problem} />}
      {open && (
        <ul aria-busy={busy !== null}>
          {FORMS.map((form) => (
            <li key={form}>
              <button type="button" className="link" disabled={busy !== null} onClick={() => void fetchOne(form)}>
                {t(`documents.${form}`)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function save({ name, blob }: { name: string; blob: Blob }): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
