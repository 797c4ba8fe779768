/**
 * Who may import whom (docs/architecture.md), as a rule for oxlint. tests/package/lint.test.ts proves it with an import that is
 * forbidden in each folder.
 */
import { posix, relative, sep } from 'node:path';

/** What the code of a folder may import beside itself: other folders, and packages by the start of their name. */
const AREAS = [
  { folder: 'src/protocol', folders: [], packages: [] },
  { folder: 'src/volume', folders: ['src/protocol'], packages: [] },
  { folder: 'src/shading', folders: ['src/protocol'], packages: [] },
  {
    folder: 'src/formats',
    folders: ['src/protocol', 'src/volume', 'src/shading'],
    packages: [
      'node:',
      'sharp',
      'geotiff',
      'h5wasm',
      '@bokuweb/zstd-wasm',
      'nifti-reader-js',
      'saxes',
      'yauzl',
      'dicom-parser',
      '@iwharris/dicom-data-dictionary',
      '@cornerstonejs/',
      'jpeg-lossless-decoder-js',
      'zstddec',
      'zarrita',
      '@zarrita/storage',
      'numcodecs/',
      'lru-cache',
    ],
  },
  {
    folder: 'src/export',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats'],
    packages: ['node:', 'sharp', 'opentype.js'],
  },
  { folder: 'src/viewer', folders: ['src/protocol', 'src/shading'], packages: ['lru-cache', '@noble/hashes'] },
  // Only the scene draws.
  { folder: 'src/viewer/scene', folders: ['src/viewer', 'src/protocol', 'src/shading'], packages: ['three'] },
  { folder: 'src/page', folders: ['src/protocol', 'src/shading', 'src/viewer'], packages: [] },
  {
    folder: 'kernel-server',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/export', 'src/formats'],
    packages: ['node:', 'ws', 'lru-cache'],
  },
  {
    folder: 'src/notebook',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats', 'src/export', 'kernel-server'],
    packages: ['node:', 'open'],
  },
  {
    folder: 'src/cli',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats', 'src/export', 'src/notebook'],
    packages: ['node:', 'commander'],
  },
  {
    folder: 'labextension/src',
    folders: [],
    packages: [
      '@jupyterlab/',
      '@jupyter-widgets/',
      '@lumino/',
      'slicescope/lib/src/viewer',
      'slicescope/lib/src/protocol',
    ],
  },
];

const lies = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** The innermost area that a file is in. */
function areaOf(file) {
  const around = AREAS.filter(({ folder }) => lies(file, folder));
  return around.sort((one, other) => other.folder.length - one.folder.length)[0];
}

/** A package named with a slash or a colon at its end is a family; any other is itself or a path in it. */
const names = (source, name) => (/[/:]$/.test(name) ? source.startsWith(name) : lies(source, name));

function isAllowed(file, source, { folder, folders, packages }) {
  if (!source.startsWith('.')) return packages.some((name) => names(source, name));
  const target = posix.join(posix.dirname(file), source);
  return [folder, ...folders].some((each) => lies(target, each));
}

const imports = {
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const area = areaOf(file);
    if (area === undefined) return {};
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || isAllowed(file, source.value, area)) return;
      const allowed = [...area.folders, ...area.packages].join(', ') || 'nothing';
      context.report({ node: source, message: `${area.folder} may import, beside itself: ${allowed}.` });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

export default { meta: { name: 'slicescope' }, rules: { imports } };
