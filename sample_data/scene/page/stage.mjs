// Draws the street: `stage(spec)` builds it, `draw(poses)` gives the picture of one instant and what each pixel shows.
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import { WEATHER, light } from "/page/light.mjs";
import { GROUND, finish } from "/page/surfaces.mjs";

const MARGIN_PX = 12;
const loader = new GLTFLoader();
let renderer, scene, camera, weather, width, height, mask, pixels;
const actors = new Map();
let rendered = false;

window.stage = async (spec) => {
  [width, height] = spec.size;
  weather = spec.weather;
  renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.setSize(width, height);
  renderer.shadowMap.enabled = true;
  renderer.shadowMap.type = THREE.PCFShadowMap;
  renderer.shadowMap.autoUpdate = false;
  scene = new THREE.Scene();
  mask = new THREE.WebGLRenderTarget(width, height);
  pixels = new Uint8Array(4 * width * height);
  camera = view(spec.camera);
  light(renderer, scene, weather, spec.camera.target);
  const street = await assemble("street", {});
  scene.add(street);
  if (weather === "rain") scene.add(mirrored(street));
  for (const [index, actor] of spec.actors.entries()) await enter(actor, index + 1);
};

window.draw = (poses) => {
  const before = [...actors.values()].filter((a) => a.changed(poses)).map((a) => a.reach());
  for (const actor of actors.values()) actor.take(poses[actor.key]);
  const after = [...actors.values()].filter((a) => a.moved).map((a) => a.reach());
  const areas = rendered ? joined([...before, ...after].filter(Boolean)) : [[0, 0, width, height]];
  rendered = true;
  renderer.shadowMap.needsUpdate = true;
  for (const area of areas) paint(area, null);
  const area = areas.reduce(union, null);
  return { area, picture: area && cut(area), shown: identities(), whole: wholes() };
};

function view({ eye, target, hfov_deg: hfov }) {
  const vfov = 2 * Math.atan(Math.tan((hfov * Math.PI) / 360) * height / width) * 180 / Math.PI;
  const made = new THREE.PerspectiveCamera(vfov, width / height, 0.5, 400);
  made.position.set(eye[0], eye[2], -eye[1]);
  made.lookAt(target[0], target[2], -target[1]);
  made.updateMatrixWorld();
  return made;
}

async function assemble(model, tint) {
  const { scene: loaded } = await loader.loadAsync(`/glb/${model}.glb`);
  loaded.updateMatrixWorld(true);
  const parts = new Map();
  loaded.traverse((o) => {
    if (!o.isMesh) return;
    const shape = o.geometry.clone().applyMatrix4(o.matrixWorld);
    for (const name of Object.keys(shape.attributes)) if (name !== "position" && name !== "normal") shape.deleteAttribute(name);
    const part = parts.get(o.material.name) ?? { material: o.material, shapes: [] };
    part.shapes.push(shape);
    parts.set(o.material.name, part);
  });
  const group = new THREE.Group();
  for (const { material, shapes } of parts.values()) {
    const mesh = new THREE.Mesh(mergeGeometries(shapes), finish(material, weather, tint));
    mesh.name = material.name;
    mesh.castShadow = !GROUND.includes(material.name);
    mesh.receiveShadow = true;
    group.add(mesh);
  }
  return group;
}

function mirrored(group) {
  const image = new THREE.Group();
  for (const mesh of group.children.filter((m) => !GROUND.includes(m.name))) {
    const twin = new THREE.Mesh(mesh.geometry, mesh.material);
    twin.renderOrder = -0.5;
    image.add(twin);
  }
  image.scale.y = -1;
  image.userData.image = true;
  return image;
}

async function enter({ key, model, tint }, id) {
  const group = await assemble(model, tint);
  group.visible = false;
  group.userData.id = id;
  scene.add(group);
  const image = weather === "rain" ? mirrored(group) : null;
  if (image) { image.visible = false; scene.add(image); }
  actors.set(key, new Actor(key, group, image));
}

class Actor {
  constructor(key, group, image) {
    Object.assign(this, { key, group, image, pose: null, moved: false, whole: null });
    this.box = new THREE.Box3().setFromObject(group);
  }

  changed(poses) { return JSON.stringify(poses[this.key] ?? null) !== JSON.stringify(this.pose); }

  take(pose = null) {
    this.moved = JSON.stringify(pose) !== JSON.stringify(this.pose);
    this.pose = pose;
    for (const group of [this.group, this.image]) {
      if (!group) continue;
      group.visible = pose !== null;
      if (pose) { group.position.set(pose[0], 0, -pose[1]); group.rotation.y = pose[2]; }
      group.updateMatrixWorld(true);
    }
  }

  // The pixels that it, its shadow and its reflection may touch: [x0, y0, x1, y1], or null when out of view.
  reach() {
    if (!this.pose) return null;
    const sun = new THREE.Vector3(...WEATHER[weather].sun);
    const points = [];
    for (const x of [this.box.min.x, this.box.max.x]) for (const z of [this.box.min.z, this.box.max.z]) {
      const foot = new THREE.Vector3(x, 0, z).applyMatrix4(this.group.matrixWorld);
      const top = foot.clone().setY(this.box.max.y);
      points.push(foot, top, top.clone().addScaledVector(sun, -top.y / sun.y));
      if (this.image) points.push(top.clone().setY(-top.y));
    }
    return bounds(points);
  }
}

function bounds(points) {
  let area = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of points) {
    const depth = -point.clone().applyMatrix4(camera.matrixWorldInverse).z;
    if (depth < camera.near) return [0, 0, width, height];
    const { x, y } = point.clone().project(camera);
    area = union(area, [(x + 1) * width / 2, (1 - y) * height / 2, (x + 1) * width / 2, (1 - y) * height / 2]);
  }
  const [x0, y0, x1, y1] = area;
  const clipped = [
    Math.max(0, Math.floor(x0) - MARGIN_PX), Math.max(0, Math.floor(y0) - MARGIN_PX),
    Math.min(width, Math.ceil(x1) + MARGIN_PX), Math.min(height, Math.ceil(y1) + MARGIN_PX),
  ];
  return clipped[0] < clipped[2] && clipped[1] < clipped[3] ? clipped : null;
}

function union(a, b) {
  return a ? [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])] : b;
}

function joined(areas) {
  const apart = [];
  for (let area of areas) {
    for (;;) {
      const at = apart.findIndex((b) => area[0] < b[2] && b[0] < area[2] && area[1] < b[3] && b[1] < area[3]);
      if (at < 0) break;
      area = union(area, apart.splice(at, 1)[0]);
    }
    apart.push(area);
  }
  return apart;
}

// Renders one part of the view and leaves the rest of the picture as it was.
function paint([x0, y0, x1, y1], target) {
  const [w, h] = [x1 - x0, y1 - y0];
  camera.setViewOffset(width, height, x0, y0, w, h);
  renderer.setRenderTarget(target);
  const frame = target ?? renderer;
  if (target) { target.scissorTest = true; target.viewport.set(x0, height - y1, w, h); target.scissor.set(x0, height - y1, w, h); renderer.setRenderTarget(target); }
  else { frame.setViewport(x0, height - y1, w, h); frame.setScissor(x0, height - y1, w, h); frame.setScissorTest(true); }
  renderer.render(scene, camera);
  camera.clearViewOffset();
  renderer.setRenderTarget(null);
}

function cut([x0, y0, x1, y1]) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [x1 - x0, y1 - y0];
  canvas.getContext("2d").drawImage(renderer.domElement, -x0, -y0);
  return canvas.toDataURL("image/png").slice("data:image/png;base64,".length);
}

const flat = new Map();

function painted(id) {
  if (!flat.has(id)) flat.set(id, new THREE.MeshBasicMaterial({ color: new THREE.Color().setRGB(id / 255, 0, 0), toneMapped: false, fog: false }));
  return flat.get(id);
}

// Renders every actor in the colour of its number within an area; the street is left out, nothing of it hides a vehicle.
function paintIdentities(area) {
  const swapped = [];
  const hidden = scene.children.filter((o) => o.visible && !o.userData.id);
  for (const o of hidden) o.visible = false;
  for (const group of scene.children.filter((o) => o.visible)) for (const mesh of group.children) {
    swapped.push([mesh, mesh.material]);
    mesh.material = painted(group.userData.id);
  }
  paint(area, mask);
  for (const [mesh, material] of swapped) mesh.material = material;
  for (const o of hidden) o.visible = true;
  const [w, h] = [area[2] - area[0], area[3] - area[1]];
  const view = pixels.subarray(0, 4 * w * h);
  renderer.readRenderTargetPixels(mask, area[0], height - area[3], w, h, view);
  return view;
}

// One byte a pixel, rows from the top, base64: the number of the actor seen, 0 for the street.
function identities() {
  const seen = paintIdentities([0, 0, width, height]);
  const rows = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[(height - 1 - y) * width + x] = seen[4 * (y * width + x)];
  let text = "";
  for (let i = 0; i < rows.length; i += 32768) text += String.fromCharCode(...rows.subarray(i, i + 32768));
  return btoa(text);
}

// How many pixels of the frame each actor would show if nothing stood before it.
function wholes() {
  const others = scene.children.filter((o) => o.userData.id && o.visible);
  const found = {};
  for (const actor of actors.values()) {
    if (!actor.pose) continue;
    if (actor.moved || actor.whole === null) {
      for (const o of others) o.visible = o === actor.group;
      const area = actor.reach();
      actor.whole = area ? paintIdentities(area).reduce((n, v, i) => n + (i % 4 === 0 && v > 0), 0) : 0;
      for (const o of others) o.visible = true;
    }
    found[actor.key] = actor.whole;
  }
  return found;
}

window.ready = true;
