/**
 * Colours of series: the same series has the same one on every chart.
 * Told apart under every colour blindness and 3:1 against their background, by test.
 */
export const LIGHT = ['#427bc6', '#b5820c', '#413aa0', '#e86885', '#77324b', '#9c470d', '#7c4f86', '#c74959'] as const;
export const DARK = ['#6a9adb', '#c5aa2b', '#bbb6ef', '#f4839a', '#8de8b8', '#788a37', '#ae6490', '#f7cb58'] as const;

export const SERIES_COUNT = LIGHT.length;

/** The colour of the so-manieth series, or of what is added up as others. */
export function seriesColour(index: number | null): string {
  return index === null ? 'var(--fa-series-others)' : `var(--fa-series-${(index % SERIES_COUNT) + 1})`;
}

/** Which colour each place gets: its own, or the next that none of the others has. */
export function coloursOf(places: readonly number[]): number[] {
  const taken = new Set<number>();
  return places.map(place => {
    let colour = place % SERIES_COUNT;
    while (taken.has(colour) && taken.size < SERIES_COUNT) colour = (colour + 1) % SERIES_COUNT;
    taken.add(colour);
    return colour;
  });
}
