/** The frame of every page: skip link, name, navigation, language and theme, the mark of sample data. */

import type { ReactNode } from "react";
import { useWords } from "../phrases/phrases";
import { Link } from "./Link";
import { navigate, useAddress, withQuery } from "./location";
import { NAVIGATION } from "./routes";
import type { Theme } from "./theme";

interface FrameProps {
  theme: Theme;
  setTheme: (theme: Theme) => void;
  sample: boolean;
  /** The page fills the window and scrolls inside itself. */
  wide: boolean;
  children: ReactNode;
}

export function Frame({ theme, setTheme, sample, wide, children }: FrameProps) {
  const { t } = useWords();
  return (
    <div className="frame" data-wide={wide}>
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header>
        <div className="top">
          <Link className="brand" to="/carte">
            <Mark />
            <span>Airelib</span>
          </Link>
          <Navigation />
          <div className="top-tools">
            <LanguageSwitch />
            <ThemeSwitch theme={theme} setTheme={setTheme} />
          </div>
        </div>
        {sample && (
          <p className="sample">
            <strong>{t("sample.title")}</strong> <span>{t("sample.text")}</span>
          </p>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Navigation() {
  const { t } = useWords();
  const { pathname } = useAddress();
  return (
    <nav className="top-nav" aria-label={t("nav.label")}>
      {NAVIGATION.map(({ to, label, on }) => (
        <Link key={to} to={to} aria-current={on.test(pathname) ? "page" : undefined}>
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}

function LanguageSwitch() {
  const { lang } = useWords();
  const address = useAddress();
  const other = lang === "fr" ? "en" : "fr";
  const to = withQuery(address, { lang: other === "fr" ? null : other });
  const go = (event: React.MouseEvent) => {
    event.preventDefault();
    navigate(to);
  };
  return (
    <a className="tool" href={to} lang={other} hrefLang={other} onClick={go}>
      {other === "fr" ? "Français" : "English"}
    </a>
  );
}

function ThemeSwitch({ theme, setTheme }: { theme: Theme; setTheme: (theme: Theme) => void }) {
  const { t } = useWords();
  const other = theme === "dark" ? "light" : "dark";
  const label = t(`theme.${other}`);
  return (
    <button type="button" className="tool tool-icon" title={label} onClick={() => setTheme(other)}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
      </svg>
      <span className="sr-only">{label}</span>
    </button>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g stroke="var(--on-accent)" fill="none">
        <path d="M7 22.5h18" strokeWidth="2.6" strokeLinecap="round" />
        <rect x="7" y="10" width="7" height="8" rx="1.5" fill="var(--on-accent)" stroke="none" />
        <rect x="16.8" y="10.8" width="8" height="6.6" rx="1.4" strokeWidth="1.7" strokeDasharray="2.6 1.9" />
      </g>
    </svg>
  );
}
