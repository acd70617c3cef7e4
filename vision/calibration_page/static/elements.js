/** Makes elements of the page and of its drawings. */

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element; `on…` attributes are listeners, false and null ones are left out. */
export const h = (tag, attributes, ...children) => filled(document.createElement(tag), attributes, children);

/** Make an SVG element. */
export const s = (tag, attributes, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

/** Put new children in place; what had the focus keeps it where its `id` or `data-key` is still there. */
export function replaceKeepingFocus(parent, ...children) {
  const held = document.activeElement;
  const key = parent.contains(held) && (held.id || held.dataset?.key);
  parent.replaceChildren(...children.flat().filter(Boolean));
  if (!key) return;
  const again = [...parent.querySelectorAll("[id],[data-key]")].find(
    (one) => one.id === key || one.dataset.key === key,
  );
  again?.focus({ preventScroll: true });
}

export const corners = (points) => points.map(([x, y]) => `${x},${y}`).join(" ");

export function middle(points) {
  const sum = points.reduce(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}
