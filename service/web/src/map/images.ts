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
