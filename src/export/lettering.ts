import { readFile } from 'node:fs/promises';
import type { Font, PathCommand } from 'opentype.js';
import type { Picture } from '../shading';
import { loadSharp } from './sharp';

/** A machine may have no font, and none looks the same everywhere: the outlines are of this one. */
const FONT_FILE = '@fontsource/share-tech-mono/files/share-tech-mono-latin-400-normal.woff';

let loading: Promise<Font> | null = null;

async function loadFont(): Promise<Font> {
  loading ??= (async () => {
    const { default: opentype } = await import('opentype.js');
    return opentype.parse(Uint8Array.from(await readFile(require.resolve(FONT_FILE))).buffer);
  })();
  return await loading;
}

/** As SVG has it. opentype.js' own text of a path has NaN in it, where a number is rounded that is nearly whole. */
function dataOf(commands: readonly PathCommand[]): string {
  const at = (...numbers: readonly number[]): string => numbers.map((each) => each.toFixed(3)).join(' ');
  const words = commands.map((command) => {
    switch (command.type) {
      case 'M':
      case 'L':
        return command.type + at(command.x, command.y);
      case 'Q':
        return `Q${at(command.x1, command.y1, command.x, command.y)}`;
      case 'C':
        return `C${at(command.x1, command.y1, command.x2, command.y2, command.x, command.y)}`;
      case 'Z':
        return 'Z';
    }
  });
  return words.join('');
}

/**
 * A picture of a text, white with a dark rim, so that it is legible over whatever it is drawn, on transparent black; as
 * tight as that allows.
 * @param size of the font, in pixels.
 */
export async function drawText(text: string, size: number): Promise<Picture> {
  const rim = Math.max(1, size / 8);
  const path = (await loadFont()).getPath(text, 0, 0, size);
  const { x1, y1, x2, y2 } = path.getBoundingBox();
  const [width, height] = [Math.ceil(x2 - x1 + 2 * rim), Math.ceil(y2 - y1 + 2 * rim)];
  const data = dataOf(path.commands);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}">
<g transform="translate(${String((width - x1 - x2) / 2)} ${String((height - y1 - y2) / 2)})">
<path d="${data}" fill="none" stroke="#000" stroke-opacity="0.8" stroke-width="${String(2 * rim)}" stroke-linejoin="round"/>
<path d="${data}" fill="#fff"/></g></svg>`;
  const sharp = await loadSharp();
  const drawn = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  return { width, height, data: Uint8Array.from(drawn) };
}
