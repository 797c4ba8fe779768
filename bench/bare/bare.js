/**
 * The floor: raw WebGL on a canvas of 512 × 512 pixels, and the least of a protocol. From memory it has all slices
 * first, and no socket. Resolves, when the first slice is asked for, with what lets go of all.
 */
// oxlint-disable-next-line no-unused-vars -- index.html and contestants.mjs call it.
async function bare(canvas, slider, host, isFromMemory) {
  const gl = canvas.getContext('webgl2', { antialias: false, alpha: false, depth: false });

  const program = gl.createProgram();
  function attach(type, source) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, `#version 300 es\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  attach(
    gl.VERTEX_SHADER,
    `out vec2 at;
     void main() {
       vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
       at = vec2(corner.x, 1.0 - corner.y);
       gl_Position = vec4(corner * 2.0 - 1.0, 0, 1);
     }`,
  );
  attach(
    gl.FRAGMENT_SHADER,
    `precision highp float;
     precision highp usampler2D;
     uniform usampler2D voxels;
     in vec2 at;
     out vec4 color;
     void main() { color = vec4(vec3(clamp(float(texture(voxels, at).r) / 4095.0, 0.0, 1.0)), 1); }`,
  );
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, 512, 512);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);

  function draw(slice) {
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 512, 512, gl.RED_INTEGER, gl.UNSIGNED_SHORT, slice);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
  const loseContext = () => gl.getExtension('WEBGL_lose_context').loseContext();

  if (isFromMemory) {
    const volume = await (await fetch(`http://${host}/volume`)).arrayBuffer();
    const show = () => draw(new Uint16Array(volume, 2 * 512 * 512 * slider.valueAsNumber, 512 * 512));
    slider.addEventListener('input', show);
    show();
    return loseContext;
  }
  const socket = new WebSocket(`ws://${host}/`);
  socket.binaryType = 'arraybuffer';
  const ask = () => socket.send(new Uint32Array([slider.valueAsNumber]));
  slider.addEventListener('input', ask);
  socket.onmessage = ({ data }) => draw(new Uint16Array(data));
  await new Promise((resolve) => (socket.onopen = resolve));
  ask();
  return () => {
    socket.close();
    loseContext();
  };
}
