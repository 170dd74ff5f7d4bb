import { describe, expect, it } from 'vitest';
import { coloursOf, DARK, LIGHT } from '../src/components/charts/palette';
import sheet from '../src/styles/tokens.css?raw';

type Triple = [number, number, number];

// Machado, Oliveira and Fernandes 2009, at full severity, on linear RGB
const SIGHTS: Record<string, [Triple, Triple, Triple]> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe('the colour of a place', () => {
  it('is its own, whatever else is shown', () => {
    expect(coloursOf([0, 2, 5])).toEqual([0, 2, 5]);
  });

  it('is never that of another in the same chart', () => {
    expect(coloursOf([1, 9, 2])).toEqual([1, 2, 3]);
  });
});

describe.each([
  ['light', LIGHT, '#ffffff'],
  ['dark', DARK, '#171b22'],
] as const)('the %s palette', (_, colours, background) => {
  it('stands out 3:1 from its background', () => {
    expect(Math.min(...colours.map(colour => contrast(colour, background)))).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(SIGHTS))('is told apart by %s', sight => {
    const seen = colours.map(colour => oklab(through(sight, linear(colour))));
    const distances = seen.flatMap((one, place) =>
      seen.slice(place + 1).map(other => Math.hypot(...minus(one, other))),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.085);
  });

  it('is what the style sheet says', () => {
    colours.forEach((colour, place) => expect(sheet).toContain(`--fa-series-${place + 1}: ${colour};`));
  });
});

function linear(hex: string): Triple {
  const parts = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255);
  return parts.map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as Triple;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [one, other]
    .map(linear)
    .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)
    .sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function through(sight: string, colour: Triple): Triple {
  return SIGHTS[sight]!.map(row =>
    Math.max(
      0,
      row.reduce((sum, part, at) => sum + part * colour[at]!, 0),
    ),
  ) as Triple;
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function minus(one: Triple, other: Triple): Triple {
  return one.map((part, at) => part - other[at]!) as Triple;
}
