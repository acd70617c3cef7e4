/** The whole app: language, theme, frame, and the page that the address names. */

import { useEffect, useMemo } from "react";
import type { Problem } from "../api/client";
import type { Status } from "../api/types";
import { POLL_MS, useResource } from "../api/use-resource";
import { langOf, useWords, wordsFor, WordsContext } from "../phrases/phrases";
import { Frame } from "./Frame";
import { useAddress } from "./location";
import { routeOf } from "./routes";
import { Failure, Loading, NothingYet } from "./States";
import { useTheme } from "./theme";
import type { Theme } from "./theme";
import { useTitle } from "./use-title";

export function App() {
  const address = useAddress();
  const lang = langOf(address.searchParams.get("lang"));
  const words = useMemo(() => wordsFor(lang), [lang]);
  const [theme, setTheme] = useTheme();
  const status = useResource<Status>("/api/v1/status", { pollMs: POLL_MS });
  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  const known = status.data;
  const wide = routeOf(address.pathname)?.route.wide === true && known !== null && known.communes > 0;
  return (
    <WordsContext value={words}>
      <Frame {...{ theme, setTheme, wide }} sample={known?.sample ?? false}>
        {known ? (
          <Page path={address.pathname} status={known} theme={theme} />
        ) : (
          <Starting problem={status.problem} retry={status.reload} />
        )}
      </Frame>
    </WordsContext>
  );
}

function Page({ path, status, theme }: { path: string; status: Status; theme: Theme }) {
  if (status.communes === 0) return <FirstRun />;
  const found = routeOf(path);
  return found ? found.route.page({ parts: found.parts, status, theme }) : <Lost />;
}

function Starting({ problem, retry }: { problem: Problem | null; retry: () => void }) {
  const { t } = useWords();
  return (
    <div className="page">
      {problem ? <Failure problem={problem} retry={retry} /> : <Loading what={t("loading")} />}
    </div>
  );
}

function FirstRun() {
  const { t } = useWords();
  useTitle(t("empty.title"));
  return (
    <div className="page">
      <NothingYet />
    </div>
  );
}

function Lost() {
  const { t } = useWords();
  useTitle(t("lost.title"));
  return (
    <div className="page">
      <h1>{t("lost.title")}</h1>
      <p>{t("lost.lead")}</p>
    </div>
  );
}
