import type { Plane, ViewSettings, ViewState } from '../protocol';
import { flipped, frameMoved, moved, movedTo, nearer, nextPlane, reset, turned } from './moves';

/** What a command is carried out on. */
export interface Commanded {
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
  /** The window of what is drawn, so that it holds nearly all values: of the shown slice, or of the whole volume. */
  autoWindow(of: 'slice' | 'volume', plane: Plane): void;
  /** Show a part of the viewer, or hide it. */
  toggle(part: 'help' | 'panel' | 'window-tool'): void;
}

/** Something that the person can do by a key, and mostly by a control too. */
export interface Command {
  readonly id: string;
  /** As `KeyboardEvent.key` has them; letters in lower case, whatever Shift says. */
  readonly keys: readonly string[];
  /** A letter with Shift is another command than the letter. */
  readonly shift?: true;
  /** In English; `tr` says it in the person's language. */
  readonly label: string;
  readonly group: 'Slices' | 'Picture' | 'Colours' | 'Layout' | 'More';
  /** `plane` is that of the picture which has the focus. */
  readonly run: (on: Commanded, plane: Plane) => void;
}

const PAGE_SLICES = 10;

type Patch = (state: ViewState, plane: Plane) => Partial<ViewSettings>;

function changing(patch: Patch): Command['run'] {
  return (on, plane) => {
    on.change(patch(on.state(), plane));
  };
}

const lastOf = (state: ViewState, plane: Plane): number => state.volume.planes[plane].count - 1;

function planeCommand(key: string, plane: Plane): Command {
  const run = changing(() => ({ layout: 'slice', plane }));
  return { id: `plane-${plane}`, keys: [key], label: `Slices of ${plane}`, group: 'Layout', run };
}

/**
 * All that keys do. The handler of the keys, the help in the viewer and the table in docs/guide.md are made from this
 * one list.
 */
export const COMMANDS: readonly Command[] = [
  {
    id: 'next-slice',
    keys: ['ArrowRight', 'ArrowUp'],
    label: 'Next slice',
    group: 'Slices',
    run: changing((state, plane) => moved(state, plane, 1)),
  },
  {
    id: 'previous-slice',
    keys: ['ArrowLeft', 'ArrowDown'],
    label: 'Previous slice',
    group: 'Slices',
    run: changing((state, plane) => moved(state, plane, -1)),
  },
  {
    id: 'page-on',
    keys: ['PageUp'],
    label: 'Ten slices on',
    group: 'Slices',
    run: changing((state, plane) => moved(state, plane, PAGE_SLICES)),
  },
  {
    id: 'page-back',
    keys: ['PageDown'],
    label: 'Ten slices back',
    group: 'Slices',
    run: changing((state, plane) => moved(state, plane, -PAGE_SLICES)),
  },
  {
    id: 'first-slice',
    keys: ['Home'],
    label: 'First slice',
    group: 'Slices',
    run: changing((state, plane) => movedTo(state, plane, 0)),
  },
  {
    id: 'last-slice',
    keys: ['End'],
    label: 'Last slice',
    group: 'Slices',
    run: changing((state, plane) => movedTo(state, plane, lastOf(state, plane))),
  },
  {
    id: 'next-frame',
    keys: ['.'],
    label: 'Next frame',
    group: 'Slices',
    run: changing((state) => frameMoved(state, 1)),
  },
  {
    id: 'previous-frame',
    keys: [','],
    label: 'Previous frame',
    group: 'Slices',
    run: changing((state) => frameMoved(state, -1)),
  },
  {
    id: 'play',
    keys: [' '],
    label: 'Play, pause',
    group: 'Slices',
    run: changing(({ playing }) => ({ playing: !playing })),
  },
  {
    id: 'zoom-in',
    keys: ['+', '='],
    label: 'Zoom in',
    group: 'Picture',
    run: changing((state) => nearer(state, 1)),
  },
  {
    id: 'zoom-out',
    keys: ['-', '_'],
    label: 'Zoom out',
    group: 'Picture',
    run: changing((state) => nearer(state, -1)),
  },
  { id: 'reset', keys: ['0'], label: 'Show the whole slice', group: 'Picture', run: changing(reset) },
  { id: 'rotate', keys: ['r'], label: 'Rotate by 90°', group: 'Picture', run: changing(turned) },
  {
    id: 'flip-horizontal',
    keys: ['h'],
    label: 'Flip left and right',
    group: 'Picture',
    run: changing((state) => flipped(state, 0)),
  },
  {
    id: 'flip-vertical',
    keys: ['v'],
    label: 'Flip top and bottom',
    group: 'Picture',
    run: changing((state) => flipped(state, 1)),
  },
  {
    id: 'invert',
    keys: ['i'],
    label: 'Invert the colour map',
    group: 'Colours',
    run: changing(({ invert }) => ({ invert: !invert })),
  },
  {
    id: 'auto-window',
    keys: ['w'],
    label: 'Window of the slice’s values',
    group: 'Colours',
    run: (on, plane) => {
      on.autoWindow('slice', plane);
    },
  },
  {
    id: 'auto-window-volume',
    keys: ['w'],
    shift: true,
    label: 'Window of the volume’s values',
    group: 'Colours',
    run: (on, plane) => {
      on.autoWindow('volume', plane);
    },
  },
  {
    id: 'window-tool',
    keys: ['t'],
    label: 'Drag changes the window',
    group: 'Colours',
    run: (on) => {
      on.toggle('window-tool');
    },
  },
  planeCommand('1', 'xy'),
  planeCommand('2', 'xz'),
  planeCommand('3', 'yz'),
  {
    id: 'three-planes',
    keys: ['4'],
    label: 'All three planes',
    group: 'Layout',
    run: changing(() => ({ layout: 'planes' })),
  },
  {
    id: 'volume',
    keys: ['5'],
    label: 'Slices in the volume’s box',
    group: 'Layout',
    run: changing(() => ({ layout: 'volume' })),
  },
  {
    id: 'next-plane',
    keys: ['p'],
    label: 'Next plane',
    group: 'Layout',
    run: changing(({ plane }) => ({ plane: nextPlane(plane) })),
  },
  {
    id: 'crosshair',
    keys: ['c'],
    label: 'Crosshair',
    group: 'Layout',
    run: changing(({ crosshair }) => ({ crosshair: !crosshair })),
  },
  {
    id: 'panel',
    keys: ['s'],
    label: 'Settings',
    group: 'More',
    run: (on) => {
      on.toggle('panel');
    },
  },
  {
    id: 'help',
    keys: ['?'],
    label: 'Keys',
    group: 'More',
    run: (on) => {
      on.toggle('help');
    },
  },
];

/** The command that a key stands for; null for keys that are not the viewer's, or the browser's with Ctrl. */
export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const isLetter = /^[a-z]$/i.test(event.key);
  const key = isLetter ? event.key.toLowerCase() : event.key;
  const isShifted = isLetter && event.shiftKey;
  const all = COMMANDS.filter(({ keys }) => keys.includes(key));
  // A letter is the same with Shift, but where there is another command for that.
  return all.find(({ shift = false }) => shift === isShifted) ?? all[0] ?? null;
}

const SHOWN_KEYS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  ' ': 'Space',
  '-': '−',
};

/** A command's keys as they are shown to a person; one of two that are the same key on most keyboards. */
export function keysShown({ keys, shift }: Command): readonly string[] {
  const shown = keys
    .filter((key) => key !== '=' && key !== '_')
    .map((key) => SHOWN_KEYS[key] ?? (key.length === 1 ? key.toUpperCase() : key));
  return shift === true ? shown.map((key) => `Shift ${key}`) : shown;
}
