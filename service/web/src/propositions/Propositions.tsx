/** The pages of suggestions: the inbox, and one suggestion. */

import { PropositionPage } from "./PropositionPage";
import { PropositionsPage } from "./PropositionsPage";

const PATHS = /^\/propositions(?:\/(\d{1,9}))?\/?$/;

export function isPropositions(path: string): boolean {
  return PATHS.test(path);
}

export function Propositions({ path }: { path: string }) {
  const id = PATHS.exec(path)?.[1];
  return id ? <PropositionPage key={id} id={id} /> : <PropositionsPage />;
}
