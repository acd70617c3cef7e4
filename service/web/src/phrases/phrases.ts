/** Every sentence of the screen, in the reader's language. */

import { createContext, useContext } from "react";
import { count as grouped } from "../figures/format";
import en from "./en.json";
import fr from "./fr.json";

export type Lang = "fr" | "en";
export type Phrase = keyof typeof fr;
type Values = Record<string, string | number>;

const PHRASES: Record<Lang, Record<Phrase, string>> = { fr, en };

export interface Words {
  lang: Lang;
  t: (phrase: Phrase, values?: Values) => string;
  /** The phrase `name.one` or `name.other`, as the count wants it in this language. */
  many: (name: string, count: number, values?: Values) => string;
  /** A phrase that may be missing, as codes of the service may be newer than this page, or else the code. */
  named: (phrase: string, code: string) => string;
  /** The sentence of an error code, or a general one that shows the code. */
  error: (code: string) => string;
}

export function wordsFor(lang: Lang): Words {
  const table: Record<string, string> = PHRASES[lang];
  const plural = new Intl.PluralRules(lang);
  const say = (phrase: string, values: Values = {}) =>
    spaced(lang, filled(table[phrase] ?? phrase, values));
  return {
    lang,
    t: say,
    many: (name, n, values) => {
      const form = plural.select(n) === "one" ? "one" : "other";
      return say(`${name}.${form}`, { n: grouped(lang, n), ...values });
    },
    named: (phrase, code) => (phrase in table ? say(phrase) : code),
    error: (code) => (`error.${code}` in table ? say(`error.${code}`) : say("error.other", { code })),
  };
}

export function langOf(text: string | null): Lang {
  return text === "en" ? "en" : "fr";
}

export const WordsContext = createContext<Words>(wordsFor("fr"));

export function useWords(): Words {
  return useContext(WordsContext);
}

function filled(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** French puts a space that does not break before high punctuation and inside its quotation marks. */
function spaced(lang: Lang, text: string): string {
  if (lang !== "fr") return text;
  return text
    .replaceAll(/ ([:;?!%»])/g, "\u00A0$1")
    .replaceAll("« ", "«\u00A0")
    .replaceAll(/(\d) (h|min|m)(?=[\s.,;)]|$)/g, "$1\u00A0$2");
}
