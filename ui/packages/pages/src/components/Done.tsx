/** What was just done, told and heard; nothing while nothing was. */
export function Done({ told }: { told: string | null }) {
  if (!told) return null;
  return (
    <div className="fa-banner" data-tone="positive" role="status">
      {told}
    </div>
  );
}
