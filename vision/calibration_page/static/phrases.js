/** Words of the page: one file per language, French first. */

const KEPT = "airelib.language";
const LANGUAGES = ["fr", "en"];

let phrases = {};
let language = "fr";

export const currentLanguage = () => language;
export const otherLanguage = () => (language === "fr" ? "en" : "fr");

/** Load a language: the one asked for, the kept one, or French. */
export async function speak(asked = localStorage.getItem(KEPT)) {
  language = LANGUAGES.includes(asked) ? asked : "fr";
  phrases = await (await fetch(`/phrases/${language}.json`)).json();
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  document.title = t("page.title");
}

/** Return a phrase with its values put in; `n` chooses between one and more. */
export function t(key, values = {}) {
  const counted = values.n === undefined ? key : `${key}.${plural(values.n)}`;
  const phrase = phrases[counted] ?? phrases[key] ?? key;
  return phrase.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Return the phrase of an error: by its code, else the device's own sentence. */
export const failureText = (error) => phrases[`error.${error.code}`] ?? error.message;

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Write a distance so that its unit fits it: centimetres below a metre, metres above. */
export function distance(metres) {
  if (metres < 1) return `${number(metres * 100, metres < 0.1 ? 1 : 0)} cm`;
  return metres < 100 ? `${number(metres, 1)} m` : t("points.beyond");
}

export function instant(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}

const plural = (n) => new Intl.PluralRules(language).select(n);
