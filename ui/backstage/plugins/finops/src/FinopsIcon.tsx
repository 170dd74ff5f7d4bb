/** Bars that grow, as an icon of the menu. */
export function FinopsIcon() {
  return (
    <svg width="1em" height="1em" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d="M4 13h4v7H4zM10 9h4v11h-4zM16 4h4v16h-4z" />
    </svg>
  );
}
