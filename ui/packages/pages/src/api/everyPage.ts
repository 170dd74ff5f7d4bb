interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
}

/** Every page of a list, one after the other, for a download. */
export async function everyPage<Row>(ask: (cursor: { cursor?: string }) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Row> = await ask(cursor ? { cursor } : {});
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return rows;
}
