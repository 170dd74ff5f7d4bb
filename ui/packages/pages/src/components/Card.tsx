import { useId, type ReactNode } from 'react';

export interface CardProps {
  title: string;
  /** Beside the title: a note, a link, a button. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A titled part of a page. */
export function Card({ title, aside, children, className = '' }: CardProps) {
  const id = useId();
  return (
    <section className={`fa-card ${className}`} aria-labelledby={id}>
      <header className="fa-card-head">
        <h2 className="fa-card-title" id={id}>
          {title}
        </h2>
        {aside && <div className="fa-card-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

export interface PageHeadProps {
  title: ReactNode;
  /** Below the title: months, status. */
  facts?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page. */
export function PageHead({ title, facts, actions }: PageHeadProps) {
  return (
    <header className="fa-page-head">
      <div>
        <h1 className="fa-page-title">{title}</h1>
        {facts && <div className="fa-page-facts">{facts}</div>}
      </div>
      {actions && <div className="fa-page-actions fa-no-print">{actions}</div>}
    </header>
  );
}
