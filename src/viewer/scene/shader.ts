import { BORDER_BIAS } from '../../shading';

/**
 * How a texel becomes a value. Integer textures are read exactly. 64-bit floats come as two 32-bit ones
 * whose sum they are; 32-bit floats have a second one that is zero.
 */
export type Sampling = 'unsigned' | 'signed' | 'float' | 'color';

const SAMPLER: Readonly<Record<Sampling, string>> = {
  unsigned: 'usampler2D',
  signed: 'isampler2D',
  float: 'sampler2D',
  color: 'usampler2D',
};

/**
 * The distance of a voxel's value to the window's low end. Integers are subtracted as integers, from a whole
 * number `base` that their type can hold, so that 32 bits stay exact.
 */
const DISTANCE: Readonly<Record<Sampling, string>> = {
  unsigned: `
    uint value = texelFetch(slice, voxel, 0).r;
    float distance = (value >= base ? float(value - base) : -float(base - value)) + offset;`,
  signed: `
    int value = texelFetch(slice, voxel, 0).r;
    float distance = (value >= base ? float(uint(value) - uint(base)) : -float(uint(base) - uint(value))) + offset;`,
  float: `
    vec2 value = texelFetch(slice, voxel, 0).rg;
    if (isnan(value.r)) { color = vec4(0.0); return; }
    float distance = (value.r - base.x) + (value.g - base.y);`,
  color: '',
};

const BASE: Readonly<Record<Sampling, string>> = {
  unsigned: 'uniform uint base;',
  signed: 'uniform int base;',
  float: 'uniform vec2 base;',
  color: '',
};

/**
 * A tile's corners on the canvas, and where in the tile each fragment lies, in the tile's pixels. The picture's top
 * left is (0, 0); what `shading` does to go back from the picture to the slice is done here. `box` has the left, top,
 * right and bottom of the tile's part of the picture, in canvas pixels: neighbours share their edges to the bit.
 */
export const VERTEX_SHADER: string = `
in vec3 position;
in vec2 uv;
uniform mat4 projectionMatrix;
uniform vec4 box;
uniform vec2 extent;
uniform bool transpose;
uniform bvec2 flip;
out vec2 place;
void main() {
  vec2 at = vec2(flip.x ? 1.0 - uv.x : uv.x, flip.y ? uv.y : 1.0 - uv.y);
  place = (transpose ? at.yx : at) * extent + ${String(BORDER_BIAS)};
  gl_Position = projectionMatrix * vec4(mix(box.x, box.z, uv.x), mix(box.w, box.y, uv.y), 0.0, 1.0);
}`;

/**
 * The colour of a fragment: shading/render.ts in GLSL. `k` is corrected by its remainder, because a product
 * in 32 bits may fall on the wrong side of a half.
 */
export function fragmentShader(sampling: Sampling): string {
  const mapped = `${DISTANCE[sampling]}
    float scaled = 255.0 * distance;
    int k = int(clamp(scaled * perWidth + 0.5, 0.0, 255.0));
    float rest = scaled - (float(k) - 0.5) * width;
    k = clamp(k - int(rest < 0.0) + int(rest >= width), 0, 255);
    color = texelFetch(colors, ivec2(k, 0), 0);`;
  const direct = `
    vec4 straight = vec4(texelFetch(slice, voxel, 0)) / 255.0;
    color = vec4(straight.rgb * straight.a, straight.a);`;
  return `
precision highp float;
precision highp int;
precision highp ${SAMPLER[sampling]};
uniform ${SAMPLER[sampling]} slice;
uniform sampler2D colors;
uniform ivec2 size;
uniform float width;
uniform float perWidth;
uniform float offset;
${BASE[sampling]}
in vec2 place;
out vec4 color;
void main() {
  ivec2 voxel = min(ivec2(place), size - 1);
  ${sampling === 'color' ? direct : mapped}
}`;
}
