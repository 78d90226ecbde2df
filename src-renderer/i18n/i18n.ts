/** The window's languages: which one is on, and the catalogue behind every visible string. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { de } from './de.ts';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** Languages by code, each named in itself. */
export const languages = { en: 'English', de: 'Deutsch' } as const;

/** A language of the window. */
export type Language = keyof typeof languages;

const storageKey = 'chairside.language';
const isLanguage = (code: string | null): code is Language => code !== null && Object.hasOwn(languages, code);

/** The language chosen before, else the system's first that we have, else English. */
function startLanguage(): Language {
  const chosen = localStorage.getItem(storageKey);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((code) => code.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** Switches the language and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await i18next.changeLanguage(language);
}

/** Loads the catalogues; must have resolved before the first screen is drawn. */
export async function startI18n(): Promise<void> {
  i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
  await i18next.use(initReactI18next).init({
    lng: startLanguage(),
    fallbackLng: 'en',
    resources: { en: { translation: en }, de: { translation: de } },
    // React escapes; escaping twice would show &amp; to people.
    interpolation: { escapeValue: false },
  });
}

/** The locale for numbers and dates: the system's own variant of the language if it has one, such as en-GB. */
export const localeOf = (language: string): string =>
  navigator.languages.find((code) => code.slice(0, 2) === language) ?? language;
