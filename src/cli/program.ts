import { Command, InvalidArgumentError, Option } from 'commander';
import {
  exportAnimation,
  exportMontage,
  exportSlice,
  exportStack,
  type ExportOptions,
  type LookOptions,
  type PlaneName,
  type RangeOptions,
} from '../export';
import {
  FORMAT_NAMES,
  WRITABLE_NAMES,
  type FileHeader,
  type FormatName,
  type OpenOptions,
  type SaveOptions,
  type Saved,
  type WritableName,
  writerOf,
} from '../formats';
import { open, save } from '../notebook';
import { DTYPES, type DType, type Shape } from '../protocol';
import { COLORMAPS, type ColormapName } from '../shading';
import { STORED_TYPES, type StoredType, type Volume } from '../volume';
import { infoOf, tableOf } from './info';
import { viewUntilInterrupted, type Print } from './view';
import { watched } from './watched';

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** The words of an option that takes several. */
function upTo(most: number): (word: string, before?: readonly string[]) => readonly string[] {
  return (word, before = []) => {
    if (before.length < most) return [...before, word];
    throw new InvalidArgumentError(`At most ${String(most)}; give the file before the options.`);
  };
}

/** The ends of a window, or its name. */
function windowWords(word: string, before?: readonly string[]): readonly string[] {
  const words = upTo(2)(word, before);
  if (words.length === 2) words.forEach(number);
  return words;
}

function shape(text: string): Shape {
  const sizes = text.split(/[x×,]/).map(Number);
  if (sizes.length === 3 && sizes.every((size) => Number.isInteger(size) && size >= 1))
    return sizes as unknown as Shape;
  throw new InvalidArgumentError('Expected three sizes such as 512x512x300.');
}

interface FileFlags {
  readonly format?: FormatName;
  readonly series?: string;
  readonly shape?: Shape;
  readonly dtype?: StoredType;
  readonly offset?: number;
  readonly bigEndian?: boolean;
  readonly level?: number;
  readonly strict?: boolean;
  readonly over?: string;
}

interface LookFlags {
  readonly plane?: PlaneName;
  readonly index?: number;
  readonly frame?: number;
  readonly window?: readonly string[];
  readonly colormap?: ColormapName;
  readonly invert?: boolean;
  readonly interpolation?: 'nearest' | 'linear';
  readonly rotate?: number;
  readonly slab?: number;
  readonly projection?: 'max' | 'min' | 'mean';
  readonly zoom?: number;
  readonly center?: readonly string[];
}

interface ExportFlags extends FileFlags, LookFlags {
  readonly output: string;
  readonly values?: boolean;
  readonly scale?: number;
  readonly mmPerPixel?: number;
  readonly quality?: number;
  readonly letters?: boolean;
  readonly scaleBar?: boolean;
  readonly colorBar?: boolean;
  readonly overwrite?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly step?: number;
  readonly montage?: boolean;
  readonly columns?: number;
  readonly perSecond?: number;
  readonly bounce?: boolean;
  readonly json?: boolean;
}

interface ConvertFlags extends Omit<FileFlags, 'dtype'> {
  readonly rawDtype?: StoredType;
  readonly dtype?: DType;
  readonly to?: WritableName;
  readonly compression?: number;
  readonly zarrVersion?: '0.4' | '0.5';
  readonly chunks?: Shape;
  readonly deidentify?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

function present<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}

async function volumeOf(
  files: readonly string[],
  flags: FileFlags,
  onHeader?: OpenOptions['onHeader'],
): Promise<Volume> {
  const { format, series, shape: sizes, dtype, offset, bigEndian, level, strict, over } = flags;
  const raw =
    sizes === undefined || dtype === undefined
      ? undefined
      : { shape: sizes, dtype, offset, littleEndian: bigEndian !== true };
  const options: OpenOptions = { format, series, raw, level, strict, over, onHeader };
  return await open(files.length === 1 ? (files[0] as string) : files, options);
}

/** Two numbers, or a name. */
function windowOf(words: readonly string[] | undefined): ExportOptions['window'] | undefined {
  if (words === undefined) return undefined;
  const [first = '', second] = words;
  return second === undefined ? (first as 'auto') : [Number(first), Number(second)];
}

function lookOf(flags: LookFlags): LookOptions {
  const { plane, index, frame, window, colormap, invert, interpolation, rotate, slab, projection, zoom } = flags;
  const rotation = rotate === undefined ? undefined : rotate / 90;
  const center = flags.center?.map(Number) as ExportOptions['center'];
  const choices = { plane, index, frame, window: windowOf(window), colormap, invert, interpolation };
  return present({ ...choices, rotation, slab, projection, zoom, center }) as LookOptions;
}

function exportOf(flags: ExportFlags): ExportOptions {
  const { values, scale, mmPerPixel, quality, letters, scaleBar, colorBar, overwrite } = flags;
  return {
    ...lookOf(flags),
    ...present({ values, scale, millimetresPerPixel: mmPerPixel, quality, letters, scaleBar, colorBar, overwrite }),
  };
}

async function write(volume: Volume, flags: ExportFlags): Promise<readonly string[]> {
  const { output, from, to, step, montage, columns, perSecond, bounce } = flags;
  const look = exportOf(flags);
  const range: RangeOptions = present({ from, to, step });
  const isNumbered = output.includes('{index}');
  const moves = perSecond !== undefined || bounce !== undefined || (/\.gif$/i.test(output) && !isNumbered);
  if (montage !== true && !moves && !isNumbered && Object.keys(range).length === 0) {
    return [await exportSlice(volume, output, look)];
  }
  return await watched(async (watching) => {
    const several = { ...look, ...range, ...watching };
    if (montage === true) return [await exportMontage(volume, output, { ...several, ...present({ columns }) })];
    if (moves) return [await exportAnimation(volume, output, { ...several, ...present({ perSecond, bounce }) })];
    return await exportStack(volume, output, several);
  });
}

/** `dtype` is of what is written here, and `rawDtype` of what is read. */
async function convert(files: readonly string[], flags: ConvertFlags): Promise<Saved> {
  const { rawDtype, to: format, dtype, compression, zarrVersion: version, chunks, deidentify, overwrite } = flags;
  const output = files.at(-1) as string;
  // A series lies below what is written, if that can be over one, else below what is read.
  const isOver = (format ?? writerOf(output)?.name) === 'dicom';
  const { over, ...others } = flags;
  const read = { ...others, dtype: rawDtype, over: isOver ? undefined : over };
  const volume = await volumeOf(files.slice(0, -1), present(read));
  const written = isOver ? { over, deidentify } : { deidentify };
  const options: SaveOptions = { format, dtype, compression, version, chunks, overwrite, ...written };
  return await watched(({ onProgress, signal }) =>
    save.call(volume, output, { ...options, signal, onProgress: ({ fraction }) => onProgress?.(fraction) }),
  );
}

/** Flags that would not be heeded without another one, or beside it, are wrong usage. */
function checkFlags(command: Command): void {
  const flags = command.opts<ExportFlags & ConvertFlags>();
  const { shape: sizes, offset, bigEndian, columns, montage, perSecond, bounce } = flags;
  const isConverting = command.name() === 'convert';
  const [dtype, name] = isConverting ? [flags.rawDtype, '--raw-dtype'] : [flags.dtype, '--dtype'];
  if (isConverting && command.args.length < 2) command.error('error: convert takes a file to read and one to write');
  const isRaw = [sizes, dtype, offset, bigEndian].some((each) => each !== undefined);
  if (isRaw && (sizes === undefined || dtype === undefined)) {
    command.error(`error: raw voxels are described by --shape and ${name}, both of them`);
  }
  if (columns !== undefined && montage !== true) command.error('error: --columns is of --montage');
  if (montage === true && (perSecond !== undefined || bounce !== undefined)) {
    command.error('error: --montage is one picture, --per-second and --bounce are of an animation; choose');
  }
}

/** What most commands read. */
const FILES = ['<file...>', 'a file or a URL; several are one series'] as const;

function withFiles(command: Command, rawDtype = '--dtype'): Command {
  return command
    .addOption(
      new Option('--format <name>', 'what it is, where that is not told from its content').choices(FORMAT_NAMES),
    )
    .option('--series <name>', 'of several arrays, images or DICOM series in it: which one')
    .option(
      '--level <number>',
      'of an OME-Zarr or a TIFF with several levels of detail: one of them, read whole',
      number,
    )
    .option('--over <path>', 'of a DICOM structure set, or of a DICOM SEG that is written: the folder of its series')
    .option('--strict', 'refuse what could only be opened with notes')
    .option('--shape <sizes>', 'of a file of raw voxels: its sizes, x first, such as 512x512x300', shape)
    .addOption(new Option(`${rawDtype} <name>`, 'of a file of raw voxels').choices(STORED_TYPES))
    .option('--offset <bytes>', 'of a file of raw voxels: where they begin', number)
    .option('--big-endian', 'of a file of raw voxels');
}

function withLook(command: Command): Command {
  return command
    .option('--plane <name>', 'xy, xz or yz; axial, coronal or sagittal (default: xy)')
    .option('--index <number>', 'which slice (default: the middle one)', number)
    .option('--frame <number>', 'of several in time', number)
    .option('--window <low high...>', 'two numbers, or a name such as auto, range, bone or lung', windowWords)
    .addOption(new Option('--colormap <name>', 'default: gray').choices(COLORMAPS))
    .option('--invert', 'the colour map back to front')
    .option('--no-invert', 'the colour map as it is, whatever the file says')
    .addOption(new Option('--interpolation <name>', 'default: nearest').choices(['nearest', 'linear']))
    .addOption(new Option('--rotate <degrees>', 'clockwise').choices(['0', '90', '180', '270']).argParser(number))
    .option('--slab <slices>', 'how many are seen through at once', number)
    .addOption(new Option('--projection <name>', 'what a slab shows').choices(['max', 'min', 'mean']))
    .option('--zoom <factor>', 'a part of the slice, as a view shows it', number)
    .option('--center <x y z...>', 'of a part: its middle, as shares of the edges (default: 0.5 0.5 0.5)', upTo(3));
}

/** commander ends lines itself. */
function wholeLines(print: Print): (text: string) => void {
  return (text) => {
    print(text.replace(/\n$/, ''));
  };
}

/**
 * The commands; `print` is told what they answer, `say` what is said to the person besides. What they throw is for who
 * runs them.
 */
export function programOf(version: string, print: Print, say: Print): Command {
  const program = new Command('slicescope')
    .description('Slices of 3D volumes: what is in a file, a look at it, and pictures and values out of it.')
    .version(version)
    .showHelpAfterError('(--help says how it is used)')
    .configureOutput({ writeOut: wholeLines(print), writeErr: wholeLines(say) })
    .hook('preAction', (_, command) => {
      checkFlags(command);
    });

  withFiles(program.command('info').argument(...FILES))
    .description('say what a volume is: its shape, its values, where it lies, and what the header of its file says')
    .option('--json', 'as JSON')
    .action(async (files: string[], flags: FileFlags & { readonly json?: boolean }) => {
      let header: FileHeader = {};
      const volume = await volumeOf(files, flags, (said) => (header = said));
      const info = infoOf(volume, header);
      print(flags.json === true ? JSON.stringify(info, null, 2) : tableOf(info));
    });

  withLook(withFiles(program.command('view').argument(...FILES)))
    .description('look at a volume in a browser, until Ctrl-C')
    .option('--no-open', 'print the address only')
    .action(async (files: string[], flags: FileFlags & LookFlags & { readonly open: boolean }) => {
      await viewUntilInterrupted(await volumeOf(files, flags), lookOf(flags), { opens: flags.open, print, say });
    });

  withLook(withFiles(program.command('export').argument(...FILES)))
    .description('write a slice, or several, as pictures or as values')
    .requiredOption('-o, --output <path>', '.png .jpg .webp .avif .tif .npy; with {index} in it a file for each slice')
    .option('--values', 'the real values: .png of uint8 and uint16, .tif, .npy')
    .option('--scale <factor>', 'pixels for each one at scale 1', number)
    .option('--mm-per-pixel <length>', 'another way to say the scale', number)
    .option('--quality <number>', 'of JPEG, WebP and AVIF, from 1 to 100', number)
    .option('--letters', 'at the edges, which side is which')
    .option('--scale-bar', 'how long a length is')
    .option('--color-bar', 'below the picture, which colours values have')
    .option('--overwrite', 'replace a file that is there')
    .option('--from <index>', 'the first of several slices', number)
    .option('--to <index>', 'the last of several slices', number)
    .option('--step <number>', 'from one to the next of several slices', number)
    .option('--montage', 'several slices side by side in one picture')
    .option('--columns <number>', 'of a montage', number)
    .option('--per-second <number>', 'several slices one after the other, as .webp or .gif', number)
    .option('--bounce', 'of an animation: there and back')
    .option('--json', 'the paths as JSON')
    .action(async (files: string[], flags: ExportFlags) => {
      const paths = await write(await volumeOf(files, flags), flags);
      print(flags.json === true ? JSON.stringify(paths) : paths.join('\n'));
    });

  withFiles(program.command('convert').argument('<file...>', 'what is read, then what is written'), '--raw-dtype')
    .description('write a volume into a file of another kind, which its ending says')
    .addOption(new Option('--to <name>', 'what is written, where its ending does not say it').choices(WRITABLE_NAMES))
    .addOption(new Option('--dtype <name>', 'of the values that are written').choices(DTYPES))
    .option('--compression <level>', 'how hard values are packed, from 0 to 9', number)
    .addOption(new Option('--zarr-version <version>', 'of an OME-Zarr (default: 0.5)').choices(['0.4', '0.5']))
    .option('--chunks <sizes>', 'of an OME-Zarr: voxels of a chunk, such as 64x64x64', shape)
    .option('--deidentify', 'of a DICOM SEG: without what its series says of patient and study')
    .option('--overwrite', 'replace a file, or a Zarr store, that is there')
    .option('--json', 'what was written as JSON')
    .action(async (files: string[], flags: ConvertFlags) => {
      const saved = await convert(files, flags);
      print(flags.json === true ? JSON.stringify(saved) : saved.path);
      if (flags.json !== true) for (const note of saved.notes) say(`slicescope: ${note}`);
    });
  return program;
}
