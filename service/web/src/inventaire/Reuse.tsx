/** Open files of the inventory, and the addresses that QGIS and other systems open. */

import { useState } from "react";
import { useWords } from "../phrases/phrases";

const FILES = ["csv", "geojson", "gpkg", "parquet"] as const;

export function Reuse({ insee }: { insee: string }) {
  const { t } = useWords();
  return (
    <section className="reuse" aria-labelledby="reuse-title">
      <h2 id="reuse-title">{t("reuse.title")}</h2>
      <ul className="reuse-files">
        {FILES.map((suffix) => (
          <li key={suffix}>
            <a href={`/api/v1/communes/${insee}/inventory.${suffix}`} download>
              {t(`reuse.${suffix}`)}
            </a>{" "}
            <span className="soft">{t(`reuse.${suffix}.for`)}</span>
          </li>
        ))}
      </ul>
      <dl className="reuse-addresses">
        <Address name={t("reuse.ogc")} hint={t("reuse.ogc.hint")} url={`${location.origin}/ogc`} />
        <Address name={t("reuse.cds")} hint={t("reuse.cds.hint")} url={`${location.origin}/cds/${insee}`} />
      </dl>
    </section>
  );
}

function Address({ name, hint, url }: { name: string; hint: string; url: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{url}</code>{" "}
        <button type="button" className="link" onClick={() => void copy()} aria-label={t("reuse.copy.of", { name })}>
          {t("reuse.copy")}
        </button>
        <span role="status" className="said">
          {copied && t("reuse.copied")}
        </span>
        <p className="soft">{hint}</p>
      </dd>
    </div>
  );
}
