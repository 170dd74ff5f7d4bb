/** Where values lie on an axis of round numbers. Pixels only: what is shown is written from the exact text. */

export interface Scale {
  /** Round numbers from the lowest to the highest, as text. */
  ticks: string[];
  /** 0 at the lowest tick, 1 at the highest. */
  at: (value: number) => number;
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A scale that holds zero and every value, with about so many ticks. */
export function scaleOf(values: readonly number[], wanted = 4): Scale {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const step = roundStep((high - low || 1) / wanted);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => tickText((first + index) * step));
  return { ticks, at: value => (value - first * step) / ((last - first) * step) };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find(candidate => candidate * power >= rough * 0.999) ?? 10;
  return step * power;
}

function tickText(value: number): string {
  return Number(value.toPrecision(12)).toString();
}
