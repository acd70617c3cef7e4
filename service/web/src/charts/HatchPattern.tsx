/** The hatch over what was seen for too short a time, for charts in SVG. */

export function HatchPattern({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" x2="0" y1="0" y2="5" className="hatch-line" />
      </pattern>
    </defs>
  );
}
