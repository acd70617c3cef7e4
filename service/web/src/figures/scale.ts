/** The occupancy scale: six steps, told apart by lightness alone, so by every eye. */

/** Lower edges of the steps, as shares; the last step ends at 1, included. */
export const STEP_FROM: readonly number[] = [0, 0.1, 0.2, 0.4, 0.6, 0.8];

/** A figure as it may be drawn. */
export type Shade =
  | { kind: "unseen" }
  | { kind: "seen"; step: number; share: number; enough: boolean };

/** Step 0..5 of an occupancy 0..1. */
export function stepOf(share: number): number {
  let step = 0;
  while (step + 1 < STEP_FROM.length && share >= (STEP_FROM[step + 1] ?? 2)) step += 1;
  return step;
}

export function shadeOf(share: number | null, coverage: number, enough: number): Shade {
  if (share === null) return { kind: "unseen" };
  return { kind: "seen", step: stepOf(share), share, enough: coverage >= enough };
}

/** The CSS colour of a step, from the tokens. */
export function stepColour(step: number): string {
  return `var(--step-${step})`;
}
