/** The map's colours, read from the design tokens so that one CSS file rules both. */

import { STEP_FROM } from "../figures/scale";

const NAMES = [
  "ground",
  "land",
  "street",
  "street-far",
  "street-edge",
  "edge",
  "edge-strong",
  "label",
  "label-halo",
  "hatch",
  "unseen",
  "focus",
] as const;

export type Palette = Record<(typeof NAMES)[number], string> & {
  steps: readonly string[];
  /** Text that reads on each step. */
  onSteps: readonly string[];
};

/** Resolve the tokens against an element, in the theme that it stands in. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const named = Object.fromEntries(NAMES.map((name) => [name, colour(`map-${name}`)])) as Record<
    (typeof NAMES)[number],
    string
  >;
  const steps = STEP_FROM.map((_, step) => colour(`step-${step}`));
  const onSteps = STEP_FROM.map((_, step) => colour(`on-step-${step}`));
  probe.remove();
  return { ...named, steps, onSteps };
}
