/** Talks to the device: JSON out, JSON back; a failure carries the device's code. */

const ASKED = { "X-Airelib-Calibration": "1" };

export class Failure extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

export async function get(path) {
  return answered(await reached(fetch(path, { cache: "no-store" })));
}

export async function post(path, body = {}) {
  const headers = { ...ASKED, "Content-Type": "application/json" };
  return answered(await reached(fetch(path, { method: "POST", headers, body: JSON.stringify(body) })));
}

/** Fetch a picture as an address that only this page can read; the caller gives it back by `URL.revokeObjectURL`. */
export async function pictureAt(path) {
  const answer = await reached(fetch(path, { cache: "no-store" }));
  if (!answer.ok) await answered(answer);
  return URL.createObjectURL(await answer.blob());
}

async function reached(asked) {
  try {
    return await asked;
  } catch (error) {
    throw new Failure("unreachable", String(error));
  }
}

async function answered(answer) {
  const document = await answer.json();
  if (!answer.ok) throw new Failure(document.code, document.detail);
  return document;
}
