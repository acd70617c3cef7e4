/** The hatch of figures seen for too short a time, drawn once on a canvas. */

const PIXEL_RATIO = 2;

/** A tile that repeats without a seam: lines at 45 degrees. */
export function hatchTile(colour: string): ImageData {
  const size = 8 * PIXEL_RATIO;
  const pen = penOn(size);
  stripes(pen, size, colour);
  return pen.getImageData(0, 0, size, size);
}

/** The same hatch cut to a disc, for dots. */
export function hatchDot(colour: string): ImageData {
  const size = 20 * PIXEL_RATIO;
  const pen = penOn(size);
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI);
  pen.clip();
  stripes(pen, size, colour);
  return pen.getImageData(0, 0, size, size);
}

/** Strokes of the marks of changes on a square of 16: the same shapes as in lists beside the map. */
export const MARKS: Record<"new" | "changed" | "moved" | "unchanged", string> = {
  new: "M8 2v12M2 8h12",
  changed: "M13.5 8a5.5 5.5 0 1 1-11 0a5.5 5.5 0 1 1 11 0",
  moved: "M2 8h11M9 3.5L13.5 8L9 12.5",
  unchanged: "M4.5 4.5h7v7h-7z",
};

/** The mark of a change on a disc of the map's ground, so that it reads on streets. */
export function changeMark(kind: keyof typeof MARKS, colour: string, ground: string): ImageData {
  const size = 22 * PIXEL_RATIO;
  const pen = penOn(size);
  pen.scale(PIXEL_RATIO, PIXEL_RATIO);
  pen.fillStyle = ground;
  pen.globalAlpha = 0.9;
  pen.beginPath();
  pen.arc(11, 11, 10.5, 0, 2 * Math.PI);
  pen.fill();
  pen.globalAlpha = 1;
  pen.translate(3, 3);
  pen.strokeStyle = colour;
  pen.lineWidth = 2.2;
  pen.lineCap = "round";
  pen.stroke(new Path2D(MARKS[kind]));
  return pen.getImageData(0, 0, size, size);
}

export const IMAGE_OPTIONS = { pixelRatio: PIXEL_RATIO };

function penOn(size: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("this browser has no 2D canvas");
  return pen;
}

function stripes(pen: CanvasRenderingContext2D, size: number, colour: string): void {
  const gap = 8 * PIXEL_RATIO;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.7 * PIXEL_RATIO;
  pen.beginPath();
  for (let x = -size; x <= 2 * size; x += gap) {
    pen.moveTo(x - 1, size + 1);
    pen.lineTo(x + size + 1, -1);
  }
  pen.stroke();
}
