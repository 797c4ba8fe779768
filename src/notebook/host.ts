import { basename, dirname } from 'node:path';
import { DisplayPace } from './display-pace';
import { sendAtOnce } from './tslab-sockets';

/** A MIME bundle and, for outputs that change later, the id that they are known by. */
export interface Display {
  readonly data: Readonly<Record<string, unknown>>;
  /** By MIME type. */
  readonly metadata?: object;
  readonly displayId: string;
  /** Replace the outputs that have this id, instead of adding one under the running cell. */
  readonly update: boolean;
}

/** A notebook kernel that runs our code: the only thing here that knows which one it is. */
export interface NotebookHost {
  /** Jupyter's id of the kernel. */
  readonly kernelId: string;
  /** Jupyter's runtime folder. */
  readonly runtimeDir: string;
  display(output: Display): void;
}

/** The part of tslab's module `dist/jupyter` that its own `display` uses. */
interface TslabModule {
  readonly lastWriteDisplayData:
    ((content: { data: unknown; metadata: unknown; transient: unknown }, update: boolean) => void) | null;
}

function isTslabModule(exports: unknown): exports is TslabModule {
  return typeof exports === 'object' && exports !== null && 'lastWriteDisplayData' in exports;
}

/**
 * The module that tslab displays through. It is looked for among the loaded ones, because the kernel may
 * run a globally installed tslab while a local one could be required.
 */
function findTslab(): TslabModule | null {
  for (const [file, loaded] of Object.entries(require.cache)) {
    const exports: unknown = loaded?.exports;
    if (!/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file) || !isTslabModule(exports)) continue;
    if (exports.lastWriteDisplayData !== null) return exports;
  }
  return null;
}

/** tslab is started as `tslab kernel --config-path=<runtime dir>/kernel-<kernel id>.json`. */
function connectionFile(argv: readonly string[]): string | null {
  const at = argv.findIndex((word) => word === '--config-path' || word.startsWith('--config-path='));
  const word = argv[at];
  if (word === undefined) return null;
  return (word.includes('=') ? word.slice(word.indexOf('=') + 1) : argv[at + 1]) ?? null;
}

const pace = new DisplayPace();

/** The notebook kernel that this process is, or null in plain Node. */
export function findHost(): NotebookHost | null {
  const tslab = findTslab();
  const file = connectionFile(process.argv);
  if (tslab === null || file === null) return null;
  sendAtOnce();
  return {
    kernelId: basename(file, '.json').replace(/^kernel-/, ''),
    runtimeDir: dirname(file),
    display({ data, metadata = {}, displayId, update }) {
      pace.wait();
      tslab.lastWriteDisplayData?.({ data, metadata, transient: { display_id: displayId } }, update);
    },
  };
}
