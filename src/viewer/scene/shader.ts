import { BORDER_BIAS, LARGEST } from '../../shading';

/**
 * How a texel becomes a value. Integer textures are read exactly. 64-bit floats come as two 32-bit ones
 * whose sum they are; 32-bit floats have a second one that is zero.
 */
export type Sampling = 'unsigned' | 'signed' | 'float' | 'color';

/**
 * What a fragment shows: the texel that it lies in, a mixture of four, or the label of the texel that it lies in. With `places` the
 * texels are places in the table of colours already (label-tile.ts). `plain` is
 * nearest for a layer that covers what is below it, which most pictures are: software GL takes a sixth less for it. `gray` is
 * that in the colour map gray, whose colours need no table, and where the colour beside the right one is as near as two
 * pictures have to be: it takes a quarter less again, and another.
 */
export type Mode = 'gray' | 'plain' | 'nearest' | 'linear' | 'labels' | 'places';

const isPlain = (mode: Mode): boolean => mode === 'plain' || mode === 'gray';

const SAMPLER: Readonly<Record<Sampling, string>> = {
  unsigned: 'usampler2D',
  signed: 'isampler2D',
  float: 'sampler2D',
  color: 'usampler2D',
};

const VALUE: Readonly<Record<Sampling, string>> = {
  unsigned: 'uint value = texelFetch(slice, texel, 0).r;',
  signed: 'int value = texelFetch(slice, texel, 0).r;',
  float: 'vec2 value = texelFetch(slice, texel, 0).rg;',
  color: 'vec4 value = vec4(texelFetch(slice, texel, 0)) / 255.0;',
};

/**
 * The distance of a voxel's value to the window's low end. Integers are subtracted as integers, from a whole
 * number `base` that their type can hold, so that 32 bits stay exact.
 */
const DISTANCE: Readonly<Record<Exclude<Sampling, 'color'>, string>> = {
  unsigned: `
    float distance = (value >= base ? float(value - base) : -float(base - value)) + offset;`,
  signed: `
    float distance = (value >= base ? float(uint(value) - uint(base)) : -float(uint(base) - uint(value))) + offset;`,
  float: `
    if (isnan(value.r)) { color = vec4(0.0); return; }
    float distance = (value.r - base.x) + (value.g - base.y);`,
};

/**
 * shading's `labelIndex`. What % does with negative numbers is undefined in GLSL, so it is asked of positive ones only.
 * Floats are exact up to 2³¹.
 */
const LABEL: Readonly<Record<Exclude<Sampling, 'color'>, string>> = {
  unsigned: `
    int k = value == 0u ? 0 : int((value - 1u) % 255u) + 1;`,
  signed: `
    int label = value;`,
  float: `
    if (isnan(value.r) || isinf(value.r)) { color = vec4(0.0); return; }
    float whole = floor(value.r);
    int label = int(whole) + int(floor((value.r - whole) + value.g + 0.5));`,
};
const SIGNED_LABEL = `
    int k = label > 0 ? int((uint(label) - 1u) % 255u) + 1 : label < 0 ? 255 - int(-uint(label) % 255u) : 0;`;

const BASE: Readonly<Record<Sampling, string>> = {
  unsigned: 'uniform uint base;',
  signed: 'uniform int base;',
  float: 'uniform vec2 base;',
  color: '',
};

/**
 * A tile's corners on the canvas. `box` has the left, top, right and bottom of the tile's part of the picture, in canvas
 * pixels from the top left: neighbours share their edges to the bit.
 */
export function vertexShader(mode: Mode): string {
  const place = `
  vec2 at = vec2(slope.x > 0.0 ? uv.x : 1.0 - uv.x, slope.y > 0.0 ? uv.y : 1.0 - uv.y) * abs(slope) * (box.zw - box.xy);
  place = (transpose ? at.yx : at) + ${String(BORDER_BIAS)};`;
  return `
in vec3 position;
in vec2 uv;
uniform mat4 projectionMatrix;
uniform vec4 box;
uniform vec2 slope;
uniform bool transpose;
${isPlain(mode) ? 'out vec2 place;' : ''}
void main() {
  ${isPlain(mode) ? place : ''}
  gl_Position = projectionMatrix * vec4(mix(box.x, box.z, uv.x), mix(box.w, box.y, uv.y), 0.0, 1.0);
}`;
}

/**
 * Where in the tile the fragment's middle lies, in the tile's pixels: what `shading` does to go back from the picture to
 * the slice is done here. A varying is interpolated between corners that the GPU has moved to its own grid, which may
 * be as coarse as 1/16 of a pixel; it would be seen in what is interpolated between steep values.
 */
const PLACE = `
  vec2 at = (gl_FragCoord.xy - edge) * slope;
  vec2 place = (transpose ? at.yx : at) + ${String(BORDER_BIAS)};`;

/**
 * The colour of one texel. `k` is corrected by its remainder, because a product in 32 bits may fall on the wrong
 * side of a half.
 */
function single(sampling: Sampling, mode: Mode): string {
  const texel = isPlain(mode)
    ? 'ivec2 texel = min(ivec2(place), size - 1);'
    : 'ivec2 texel = clamp(ivec2(place), ivec2(0), size - 1) + inset;';
  const faded = isPlain(mode) ? '' : ' * opacity';
  if (sampling === 'color') return `${texel} ${VALUE.color} color = vec4(value.rgb * value.a, value.a)${faded};`;
  if (mode === 'places') {
    return `${texel} ${VALUE[sampling]} int k = int(value);
    vec4 own = texelFetch(colors, ivec2(k & 255, k >> 8), 0);
    color = vec4(own.rgb * own.a, own.a)${faded};`;
  }
  if (mode === 'gray') {
    return `${texel} ${VALUE[sampling]} ${DISTANCE[sampling]}
    color = vec4(vec3(distance * perWidth * (steps / 255.0)), 1.0);`;
  }
  const nearest = `${DISTANCE[sampling]}
    float scaled = steps * distance;
    int k = int(clamp(scaled * perWidth + 0.5, 0.0, 255.0));
    float rest = scaled - (float(k) - 0.5) * width;
    k = clamp(k - int(rest < 0.0) + int(rest >= width), 0, 255);`;
  const label = `${LABEL[sampling]} ${sampling === 'unsigned' ? '' : SIGNED_LABEL}`;
  return `${texel} ${VALUE[sampling]} ${mode === 'labels' ? label : nearest}
    color = texelFetch(colors, ivec2(k, 0), 0)${faded};`;
}

/** The colour of a mixture of the four texels around the fragment, of those only that count. */
function mixed(sampling: Sampling): string {
  const isColor = sampling === 'color';
  const add = isColor
    ? 'sum += weight * vec4(value.rgb * value.a, value.a);'
    : `${DISTANCE[sampling]}
      sum += weight * clamp(distance, -LARGEST, LARGEST);
      isHigh = isHigh || distance >= LARGEST;
      isLow = isLow || distance <= -LARGEST;`;
  const result = isColor
    ? 'color = sum * opacity;'
    : `
    if (isHigh && isLow) { color = vec4(0.0); return; }
    float index = clamp(sum * perWidth * steps, 0.0, 255.0);
    int k = min(int(index), 254);
    vec4 first = texelFetch(colors, ivec2(k, 0), 0);
    vec4 second = texelFetch(colors, ivec2(k + 1, 0), 0);
    color = mix(first, second, index - float(k)) * opacity;`;
  return `
    vec2 middle = place - ${String(0.5 + BORDER_BIAS)};
    ivec2 corner = ivec2(floor(middle));
    vec2 share = clamp((middle - vec2(corner) - ${String(BORDER_BIAS)}) / ${String(1 - 2 * BORDER_BIAS)}, 0.0, 1.0);
    ${isColor ? 'vec4 sum = vec4(0.0);' : 'float sum = 0.0; bool isHigh = false; bool isLow = false;'}
    for (int one = 0; one < 4; one++) {
      ivec2 side = ivec2(one & 1, one >> 1);
      vec2 part = mix(1.0 - share, share, vec2(side));
      float weight = part.x * part.y;
      if (weight == 0.0) continue;
      ivec2 texel = clamp(corner + side, -inset, size - 1 + inset) + inset;
      ${VALUE[sampling]} ${add}
    }
    ${result}`;
}

/**
 * The colour of a fragment: shading/painters.ts in GLSL. The texture has `size` texels of the tile, and around them
 * `inset` ones of its neighbours.
 */
export function fragmentShader(sampling: Sampling, mode: Mode): string {
  return `
precision highp float;
precision highp int;
precision highp ${SAMPLER[sampling]};
const float LARGEST = ${String(LARGEST)};
uniform ${SAMPLER[sampling]} slice;
uniform sampler2D colors;
uniform ivec2 size;
uniform ivec2 inset;
uniform vec2 edge;
uniform vec2 slope;
uniform bool transpose;
uniform float width;
uniform float perWidth;
uniform float steps;
uniform float offset;
uniform float opacity;
${BASE[sampling]}
${isPlain(mode) ? 'in vec2 place;' : ''}
out vec4 color;
void main() {
  ${isPlain(mode) ? '' : PLACE}
  ${mode === 'linear' ? mixed(sampling) : single(sampling, mode)}
}`;
}
