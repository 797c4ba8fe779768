import { Command, InvalidArgumentError, Option } from 'commander';
import {
  exportAnimation,
  exportMontage,
  exportSlice,
  exportStack,
  type ExportOptions,
  type PlaneName,
  type RangeOptions,
} from '../export';
import { FORMAT_NAMES, type FileHeader, type FormatName, type OpenOptions } from '../formats';
import { open } from '../notebook';
import { DTYPES, type DType, type Shape } from '../protocol';
import { COLORMAPS, type ColormapName } from '../shading';
import type { Volume } from '../volume';
import { infoOf, tableOf } from './info';

/** Where a program writes: to the standard output, in a test elsewhere. */
export type Print = (text: string) => void;

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
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
  readonly dtype?: DType;
  readonly offset?: number;
  readonly bigEndian?: boolean;
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
}

interface ExportFlags extends FileFlags, LookFlags {
  readonly output: string;
  readonly values?: boolean;
  readonly scale?: number;
  readonly mmPerPixel?: number;
  readonly quality?: number;
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
  const { format, series, shape: sizes, dtype, offset, bigEndian } = flags;
  const raw =
    sizes === undefined || dtype === undefined
      ? undefined
      : { shape: sizes, dtype, offset, littleEndian: bigEndian !== true };
  const options: OpenOptions = { format, series, raw, onHeader };
  return await open(files.length === 1 ? (files[0] as string) : files, options);
}

/** Two numbers, or a name. */
function windowOf(words: readonly string[] | undefined): ExportOptions['window'] | undefined {
  if (words === undefined) return undefined;
  const [first = '', second] = words;
  return second === undefined ? (first as 'auto') : [Number(first), Number(second)];
}

function lookOf(flags: ExportFlags): ExportOptions {
  const { plane, index, frame, window, colormap, invert, interpolation, rotate, slab, projection } = flags;
  const { values, scale, mmPerPixel, quality, overwrite } = flags;
  const rotation = rotate === undefined ? undefined : rotate / 90;
  return present({
    ...{ plane, index, frame, window: windowOf(window), colormap, invert, interpolation, slab, projection },
    ...{ rotation, values, scale, millimetresPerPixel: mmPerPixel, quality, overwrite },
  }) as ExportOptions;
}

async function write(volume: Volume, flags: ExportFlags): Promise<readonly string[]> {
  const { output, from, to, step, montage, columns, perSecond, bounce } = flags;
  const look = lookOf(flags);
  const range: RangeOptions = present({ from, to, step });
  if (montage === true) {
    return [await exportMontage(volume, output, { ...look, ...range, ...present({ columns }) })];
  }
  if (perSecond !== undefined || bounce !== undefined || /\.gif$/i.test(output)) {
    return [await exportAnimation(volume, output, { ...look, ...range, ...present({ perSecond, bounce }) })];
  }
  if (output.includes('{index}') || Object.keys(range).length > 0) {
    return await exportStack(volume, output, { ...look, ...range });
  }
  return [await exportSlice(volume, output, look)];
}

function withFiles(command: Command): Command {
  return command
    .argument('<file...>', 'a file or a URL; several are one series')
    .addOption(
      new Option('--format <name>', 'what it is, where that is not told from its content').choices(FORMAT_NAMES),
    )
    .option('--series <name>', 'of several arrays or DICOM series in it: which one')
    .option('--shape <sizes>', 'of a file of raw voxels: its sizes, x first, such as 512x512x300', shape)
    .addOption(new Option('--dtype <name>', 'of a file of raw voxels').choices(DTYPES))
    .option('--offset <bytes>', 'of a file of raw voxels: where they begin', number)
    .option('--big-endian', 'of a file of raw voxels');
}

function withLook(command: Command): Command {
  return command
    .option('--plane <name>', 'xy, xz or yz; axial, coronal or sagittal (default: xy)')
    .option('--index <number>', 'which slice (default: the middle one)', number)
    .option('--frame <number>', 'of several in time', number)
    .option('--window <low high...>', 'two numbers, or a name such as auto, range, bone or lung')
    .addOption(new Option('--colormap <name>', 'default: gray').choices(COLORMAPS))
    .option('--invert', 'the colour map back to front')
    .addOption(new Option('--interpolation <name>', 'default: nearest').choices(['nearest', 'linear']))
    .addOption(new Option('--rotate <degrees>', 'clockwise').choices(['0', '90', '180', '270']).argParser(number))
    .option('--slab <slices>', 'how many are seen through at once', number)
    .addOption(new Option('--projection <name>', 'what a slab shows').choices(['max', 'min', 'mean']));
}

/** The commands; `print` is told what they answer. What they throw is for who runs them. */
export function programOf(version: string, print: Print): Command {
  const program = new Command('slicescope')
    .description('Slices of 3D volumes: what is in a file, and pictures and values out of it.')
    .version(version)
    .showHelpAfterError('(--help says how it is used)');

  withFiles(program.command('info'))
    .description('say what a volume is: its shape, its values, where it lies, and what the header of its file says')
    .option('--json', 'as JSON')
    .action(async (files: string[], flags: FileFlags & { readonly json?: boolean }) => {
      let header: FileHeader = {};
      const volume = await volumeOf(files, flags, (said) => (header = said));
      const info = infoOf(volume, header);
      print(flags.json === true ? JSON.stringify(info, null, 2) : tableOf(info));
    });

  withLook(withFiles(program.command('export')))
    .description('write a slice, or several, as pictures or as values')
    .requiredOption('-o, --output <path>', '.png .jpg .webp .avif .tif .npy; with {index} in it a file for each slice')
    .option('--values', 'the values as they are: .png of uint8 and uint16, .tif, .npy')
    .option('--scale <factor>', 'pixels for each one at scale 1', number)
    .option('--mm-per-pixel <length>', 'another way to say the scale', number)
    .option('--quality <number>', 'of JPEG, WebP and AVIF, from 1 to 100', number)
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
  return program;
}
