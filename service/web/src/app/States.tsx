/** The states beside a figure: loading, failed, and nothing imported yet. */

import type { Problem } from "../api/client";
import { useWords } from "../phrases/phrases";

export function Loading({ what }: { what: string }) {
  return (
    <p className="state-loading" role="status">
      <span className="state-bar" aria-hidden="true" />
      {what}
    </p>
  );
}

export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { t, error } = useWords();
  return (
    <div className="state-failure" role="alert">
      <p>
        <strong>{error(problem.code)}</strong>
      </p>
      {problem.message && (
        <details>
          <summary>{t("failure.detail")}</summary>
          <p>
            <code>{problem.code}</code> {problem.message}
          </p>
        </details>
      )}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {t("failure.retry")}
        </button>
      )}
    </div>
  );
}

/** A fresh install says what to run. */
export function NothingYet() {
  const { t } = useWords();
  return (
    <div className="state-empty">
      <h1>{t("empty.title")}</h1>
      <p>{t("empty.lead")}</p>
      <ol>
        <li>
          <p>{t("empty.import")}</p>
          <pre>
            <code>airelib bays import BAYS.geojson --communes COMMUNES.geojson</code>
          </pre>
        </li>
        <li>
          <p>{t("empty.device")}</p>
          <pre>
            <code>airelib devices add NAME --commune INSEE</code>
          </pre>
        </li>
      </ol>
      <p>{t("empty.demo")}</p>
      <pre>
        <code>airelib demo</code>
      </pre>
    </div>
  );
}
