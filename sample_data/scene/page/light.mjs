// Sun, sky and air of each weather. At dusk the sun is down: its place stands for the bright part of the sky.
import * as THREE from "three";

export const WEATHER = {
  day: { sun: [0.45, 0.72, 0.62], sunColor: 0xfff1dd, sunPower: 4.4, sky: [0.30, 0.47, 0.78], low: [0.72, 0.80, 0.88], cloud: 0.75, ambient: 0.85, fog: null, exposure: 1.1 },
  rain: { sun: [0.15, 0.95, 0.25], sunColor: 0xdfe6ee, sunPower: 1.1, sky: [0.50, 0.54, 0.58], low: [0.66, 0.69, 0.72], cloud: 0.25, ambient: 1.25, fog: [0xaab0b6, 50, 330], exposure: 1.15 },
  dusk: { sun: [-0.75, 0.5, 0.45], sunColor: 0xffc9a0, sunPower: 0.35, sky: [0.06, 0.09, 0.19], low: [0.34, 0.26, 0.26], cloud: 0.2, ambient: 0.5, fog: null, exposure: 1.1 },
};

const SKY_VERTEX = "varying vec3 vWay; void main() { vWay = position; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }";
const SKY_FRAGMENT = `
uniform vec3 zenith, horizon; uniform float cloud; varying vec3 vWay;
float cell(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
float soft(vec2 p) { vec2 i = floor(p), f = fract(p); f = f * f * (3.0 - 2.0 * f);
  return mix(mix(cell(i), cell(i + vec2(1, 0)), f.x), mix(cell(i + vec2(0, 1)), cell(i + vec2(1, 1)), f.x), f.y); }
void main() {
  vec3 way = normalize(vWay); float up = max(way.y, 0.0);
  vec2 p = way.xz / (up + 0.12) * 2.2;
  float puff = 0.5 * soft(p) + 0.25 * soft(p * 2.3) + 0.15 * soft(p * 5.1) + 0.1 * soft(p * 11.0);
  vec3 blue = mix(horizon, zenith, pow(up, 0.55));
  gl_FragColor = vec4(mix(blue, vec3(0.95), cloud * smoothstep(0.48, 0.75, puff)), 1.0);
  #include <colorspace_fragment>
}`;

function dome(weather) {
  const uniforms = {
    zenith: { value: new THREE.Vector3(...weather.sky) }, horizon: { value: new THREE.Vector3(...weather.low) }, cloud: { value: weather.cloud },
  };
  const material = new THREE.ShaderMaterial({ uniforms, vertexShader: SKY_VERTEX, fragmentShader: SKY_FRAGMENT, side: THREE.BackSide, depthWrite: false, toneMapped: false });
  const mesh = new THREE.Mesh(new THREE.SphereGeometry(260, 32, 20), material);
  mesh.renderOrder = -1;
  return mesh;
}

function surroundings(weather) {
  const scene = new THREE.Scene();
  scene.add(dome(weather));
  const ground = new THREE.Mesh(new THREE.BoxGeometry(400, 0.1, 400), new THREE.MeshBasicMaterial({ color: 0x4a4a48 }));
  ground.position.y = -2;
  const row = new THREE.Mesh(new THREE.BoxGeometry(400, 26, 1), new THREE.MeshBasicMaterial({ color: 0x6b665e }));
  row.position.set(0, 2, -40);
  scene.add(ground, row);
  return scene;
}

export function light(renderer, scene, name, centre) {
  const weather = WEATHER[name];
  renderer.toneMapping = THREE.AgXToneMapping;
  renderer.toneMappingExposure = weather.exposure;
  scene.environment = new THREE.PMREMGenerator(renderer).fromScene(surroundings(weather), 0.02, 0.1, 600).texture;
  scene.environmentIntensity = weather.ambient;
  if (weather.fog) scene.fog = new THREE.Fog(...weather.fog);
  scene.add(dome(weather), sunAbove(weather, centre));
}

function sunAbove(weather, [x, y]) {
  const sun = new THREE.DirectionalLight(weather.sunColor, weather.sunPower);
  sun.position.set(...weather.sun).normalize().multiplyScalar(90).add(new THREE.Vector3(x, 0, -y));
  sun.target.position.set(x, 0, -y);
  sun.target.updateMatrixWorld();
  sun.castShadow = true;
  Object.assign(sun.shadow.camera, { left: -55, right: 55, top: 30, bottom: -30, near: 1, far: 200 });
  sun.shadow.mapSize.set(2048, 1024);
  sun.shadow.bias = -0.0005;
  sun.shadow.normalBias = 0.05;
  return sun;
}
