/** What the reader chose, kept in his browser; nothing breaks where it keeps nothing. */

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`finops-${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`finops-${name}`);
    else localStorage.setItem(`finops-${name}`, value);
  } catch {
    // he chooses again next time
  }
}
