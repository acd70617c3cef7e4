/** A labelled control: the label stands above and belongs to it by identifier. */

import { useId } from "react";
import type { ReactNode } from "react";

interface FieldProps {
  label: string;
  wide?: boolean;
  /** Draws the control with the identifier that the label names. */
  children: (id: string) => ReactNode;
}

export function Field({ label, wide = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className={wide ? "field wide" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
