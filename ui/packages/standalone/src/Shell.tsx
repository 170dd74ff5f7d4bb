import { useEffect, useMemo, useState } from 'react';
import { Route, Routes } from 'react-router-dom';
import {
  NotFound,
  PAGES,
  PagesProvider,
  ProblemNotice,
  Sections,
  answerOf,
  asProblem,
  createClient,
  useFilters,
  usePages,
  type ProblemError,
  type Schemas,
} from '@finops-assets/finops-pages';
import { Choosers } from './Choosers';
import { useLanguage } from './useLanguage';

/** The pages by themselves, on the API that serves them. */
export function Shell() {
  const { language, locale, choose } = useLanguage();
  const client = useMemo(() => createClient({ baseUrl: location.origin, language }), [language]);
  const [me, setMe] = useState<Schemas['Me'] | null>(null);
  const [refused, setRefused] = useState<ProblemError | null>(null);
  useEffect(() => {
    const aborter = new AbortController();
    answerOf(client.GET('/me', { signal: aborter.signal })).then(
      setMe,
      error => !aborter.signal.aborted && setRefused(asProblem(error)),
    );
    return () => aborter.abort();
  }, [client]);
  return (
    <PagesProvider client={client} language={language} locale={locale} base="" me={me}>
      <div className="fa shell">
        <Head onLanguage={choose} />
        <main id="content" tabIndex={-1}>
          {refused ? (
            <div className="fa-page">
              <ProblemNotice error={refused} onRetry={() => location.reload()} />
            </div>
          ) : (
            <Routes>
              {PAGES.map(({ path, element }) => (
                <Route key={path} path={`/${path}`} element={element} />
              ))}
              <Route path="*" element={<NotFound />} />
            </Routes>
          )}
        </main>
      </div>
    </PagesProvider>
  );
}

function Head({ onLanguage }: { onLanguage: (language: 'en' | 'fr') => void }) {
  const { t, me } = usePages();
  const { search } = useFilters();
  return (
    <header className="shell-head fa-no-print">
      <a className="shell-skip" href="#content">
        {t('app.skip')}
      </a>
      <span className="shell-name">
        <img src="/ui/icon.svg" alt="" width="24" height="24" />
        {t('app.name')}
      </span>
      <Sections
        sections={PAGES.flatMap(({ path, label }) => (label ? [{ to: `/${path}`, label: t(label) }] : []))}
        search={search}
      />
      <div className="shell-side">
        {me && (
          <span className="fa-quiet fa-small shell-caller" title={t('app.caller', { name: me.name })}>
            {me.name}
          </span>
        )}
        <Choosers onLanguage={onLanguage} />
      </div>
    </header>
  );
}
