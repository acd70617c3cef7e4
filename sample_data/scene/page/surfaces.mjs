// Surfaces by name: grain on the ground and the facades, and water on them when it rains.

const GRAIN = {
  asphalt: [9, 0.8], patch: [9, 0.8], paving: [5, 0.7], square: [4, 0.6], kerb: [5, 0.6], line: [8, 0.5], yellow: [8, 0.5],
  facade0: [3, 0.5], facade1: [3, 0.5], facade2: [3, 0.6], facade3: [3, 0.5], leaf: [6, 1.2], roof: [3, 0.4],
};

// Share of the reflection that the wet surface hides.
const WET = { asphalt: 0.76, patch: 0.7, paving: 0.86, square: 0.88 };

export const GROUND = ["asphalt", "patch", "paving", "square", "kerb", "line", "yellow", "joint", "manhole"];

const NOISE = `
varying vec3 vPlace;
float lattice(vec3 p) { p = fract(p * 0.3183099 + 0.1); p *= 17.0; return fract(p.x * p.y * p.z * (p.x + p.y + p.z)); }
float smoothNoise(vec3 p) {
  vec3 i = floor(p), f = fract(p); f = f * f * (3.0 - 2.0 * f);
  vec4 low = vec4(lattice(i), lattice(i + vec3(1, 0, 0)), lattice(i + vec3(0, 1, 0)), lattice(i + vec3(1, 1, 0)));
  vec4 high = vec4(lattice(i + vec3(0, 0, 1)), lattice(i + vec3(1, 0, 1)), lattice(i + vec3(0, 1, 1)), lattice(i + vec3(1)));
  vec4 m = mix(low, high, f.z);
  return mix(mix(m.x, m.y, f.x), mix(m.z, m.w, f.x), f.y);
}
float grain(vec3 p) { return 0.5 * smoothNoise(p) + 0.25 * smoothNoise(p * 2.1) + 0.13 * smoothNoise(p * 4.3); }
`;

function addGrain(material, [scale, depth]) {
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\nvarying vec3 vPlace;")
      .replace("#include <begin_vertex>", "#include <begin_vertex>\nvPlace = (modelMatrix * vec4(position, 1.0)).xyz;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${NOISE}`)
      .replace("#include <color_fragment>", `#include <color_fragment>
        diffuseColor.rgb *= (1.0 + ${depth.toFixed(2)} * (grain(vPlace * ${scale.toFixed(1)}) - 0.45)) * (0.7 + 0.68 * grain(vPlace * 0.35 + 7.0));`);
  };
  material.customProgramCacheKey = () => `grain ${scale} ${depth}`;
}

export function finish(material, weather, tint) {
  const made = material.clone();
  const name = material.name;
  if (GRAIN[name]) addGrain(made, GRAIN[name]);
  if (tint[name]) made.color.setRGB(...tint[name]);
  if (weather === "rain") wet(made, name);
  if (weather === "dusk" && name === "window") { made.emissive.setRGB(1, 0.72, 0.4); made.emissiveIntensity = 0.25; }
  if (weather !== "day" && (name === "lamp" || name === "tail")) {
    made.emissive.copy(made.color);
    made.emissiveIntensity = name === "lamp" ? 1.2 : 0.8;
  }
  return made;
}

function wet(material, name) {
  if (name === "window") { material.emissive.setRGB(1, 0.75, 0.45); material.emissiveIntensity = 0.03; }
  if (!WET[name]) return;
  material.transparent = true;
  material.opacity = WET[name];
  material.roughness = 0.35;
  material.color.multiplyScalar(0.6);
}
