/** The whole app: language, theme, frame, and the page that the address names. */

import { useEffect, useMemo } from "react";
import type { Problem } from "../api/client";
import type { Status } from "../api/types";
import { POLL_MS, useResource } from "../api/use-resource";
import { CartePage } from "../carte/CartePage";
import { CommunePage } from "../commune/CommunePage";
import { CommunesPage } from "../commune/CommunesPage";
import { langOf, useWords, wordsFor, WordsContext } from "../phrases/phrases";
import { isPropositions, Propositions } from "../propositions/Propositions";
import { Frame } from "./Frame";
import { useAddress } from "./location";
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
  const wide = isCarte(address.pathname) && known !== null && known.communes > 0;
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
  const commune = /^\/communes\/(\w{5})\/?$/.exec(path)?.[1];
  if (commune) return <CommunePage insee={commune} status={status} />;
  if (/^\/communes\/?$/.test(path)) return <CommunesPage status={status} />;
  if (isPropositions(path)) return <Propositions path={path} />;
  return isCarte(path) ? <CartePage status={status} theme={theme} /> : <Lost />;
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

function isCarte(path: string): boolean {
  return path === "/" || /^\/carte\/?$/.test(path);
}
