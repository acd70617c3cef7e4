/** A file is chosen, looked at, and only then imported. */

import { useRef, useState } from "react";
import { useWords } from "../phrases/phrases";
import { PreviewOf } from "./PreviewOf";
import type { Preview } from "./types";
import type { InventoryDesk } from "./use-inventory";

export function ImportDesk({ desk }: { desk: InventoryDesk }) {
  const { t } = useWords();
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const read = async (chosen: File) => {
    setFile(chosen);
    setPreview(null);
    setPreview(await desk.preview(chosen));
  };
  const forget = () => {
    setFile(null);
    setPreview(null);
  };
  const take = async () => {
    if (file && (await desk.take(file))) forget();
  };
  return (
    <section className="import" aria-labelledby="import-title">
      <h3 id="import-title">{t("import.title")}</h3>
      <p className="soft">{t("import.lead")}</p>
      <Chooser onFile={(chosen) => void read(chosen)} busy={desk.busy} />
      {file && desk.busy && !preview && (
        <p className="state-loading" role="status">
          <span className="state-bar" aria-hidden="true" />
          {t("import.reading", { name: file.name })}
        </p>
      )}
      {file && preview && (
        <PreviewOf {...{ file, preview, forget }} take={() => void take()} busy={desk.busy} />
      )}
    </section>
  );
}

interface ChooserProps {
  onFile: (file: File) => void;
  busy: boolean;
}

/** A file field that is a place to drop a file on too. */
function Chooser({ onFile, busy }: ChooserProps) {
  const { t } = useWords();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file) onFile(file);
    if (input.current) input.current.value = "";
  };
  return (
    <div
      className="chooser"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <label className="button" htmlFor="import-file">
        {t("import.choose")}
      </label>
      <input
        ref={input}
        id="import-file"
        className="sr-only"
        type="file"
        accept=".csv,.geojson,.json,.gpkg"
        disabled={busy}
        onChange={(event) => take(event.target.files)}
      />
      <span className="soft">{t("import.drop")}</span>
    </div>
  );
}
