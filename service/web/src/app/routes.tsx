/** The pages by address: one line each, with its place in the navigation. */

import type { ReactNode } from "react";
import type { Status } from "../api/types";
import { AirePage } from "../aire/AirePage";
import { CartePage } from "../carte/CartePage";
import { CommunePage } from "../commune/CommunePage";
import { CommunesPage } from "../commune/CommunesPage";
import { InventairePage } from "../inventaire/InventairePage";
import type { Phrase } from "../phrases/phrases";
import { PropositionPage } from "../propositions/PropositionPage";
import { PropositionsPage } from "../propositions/PropositionsPage";
import type { Theme } from "./theme";

interface PageProps {
  /** What the groups of the path matched, decoded. */
  parts: readonly string[];
  status: Status;
  theme: Theme;
}

interface Route {
  path: RegExp;
  page: (props: PageProps) => ReactNode;
  /** The page fills the window and scrolls inside itself. */
  wide?: true;
}

const ROUTES: readonly Route[] = [
  { path: /^\/(?:carte\/?)?$/, page: ({ status, theme }) => <CartePage {...{ status, theme }} />, wide: true },
  { path: /^\/aires\/([^/]+)\/?$/, page: ({ parts: [bay = ""], status }) => <AirePage {...{ bay, status }} /> },
  { path: /^\/communes\/?$/, page: ({ status }) => <CommunesPage status={status} /> },
  {
    path: /^\/communes\/(\w{5})\/?$/,
    page: ({ parts: [insee = ""], status }) => <CommunePage {...{ insee, status }} />,
  },
  {
    path: /^\/communes\/(\w{5})\/inventaire\/?$/,
    page: ({ parts: [insee = ""] }) => <InventairePage key={insee} insee={insee} />,
  },
  { path: /^\/propositions\/?$/, page: () => <PropositionsPage /> },
  { path: /^\/propositions\/(\d{1,9})\/?$/, page: ({ parts: [id = ""] }) => <PropositionPage key={id} id={id} /> },
];

/** Entries of the navigation, in order. */
export const NAVIGATION: readonly { to: string; label: Phrase; on: RegExp }[] = [
  { to: "/carte", label: "nav.carte", on: /^\/(carte\/?)?$/ },
  { to: "/communes", label: "nav.communes", on: /^\/communes/ },
  { to: "/propositions", label: "nav.propositions", on: /^\/propositions/ },
];

export interface Found {
  route: Route;
  parts: readonly string[];
}

/** The page of a path; null where there is none. */
export function routeOf(path: string): Found | null {
  for (const route of ROUTES) {
    const found = route.path.exec(path);
    if (found) return { route, parts: found.slice(1).map(decoded) };
  }
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
