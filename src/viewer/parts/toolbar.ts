import type { ViewState } from '../../protocol';
import { COMMANDS, keysShown, type Command } from '../commands';
import { element } from '../dom';
import { text } from '../text';
import type { IconName } from './icons';
import type { Part, Workbench } from './part';
import { button, mark } from './widgets';

interface Tool {
  readonly id: string;
  readonly face: IconName | { readonly text: string };
  /** Whether it is on; left out where it is no switch. */
  readonly isOn?: (state: ViewState, bench: Workbench) => boolean;
}

const isSliceOf =
  (plane: ViewState['plane']) =>
  (state: ViewState): boolean =>
    state.layout === 'slice' && state.plane === plane;

/** Groups of tools, each a command of the table. */
const TOOLS: readonly (readonly Tool[])[] = [
  [
    { id: 'plane-xy', face: { text: 'xy' }, isOn: isSliceOf('xy') },
    { id: 'plane-xz', face: { text: 'xz' }, isOn: isSliceOf('xz') },
    { id: 'plane-yz', face: { text: 'yz' }, isOn: isSliceOf('yz') },
    { id: 'three-planes', face: 'planes', isOn: ({ layout }) => layout === 'planes' },
    { id: 'volume', face: 'volume', isOn: ({ layout }) => layout === 'volume' },
  ],
  [
    { id: 'zoom-in', face: 'plus' },
    { id: 'zoom-out', face: 'minus' },
    { id: 'rotate', face: 'rotate' },
    { id: 'flip-horizontal', face: 'flip-horizontal', isOn: ({ flip }) => flip[0] },
    { id: 'flip-vertical', face: 'flip-vertical', isOn: ({ flip }) => flip[1] },
    { id: 'reset', face: 'reset' },
  ],
  [
    { id: 'window-tool', face: 'window', isOn: (_, { tool }) => tool === 'window' },
    { id: 'invert', face: 'invert', isOn: ({ invert }) => invert },
  ],
  [
    { id: 'panel', face: 'settings', isOn: (_, bench) => bench.isOpen('panel') },
    { id: 'help', face: { text: '?' }, isOn: (_, bench) => bench.isOpen('help') },
  ],
];

/** A command's name with its first key, as a control's title has it. */
export function titleOf(command: Command): string {
  return `${text(command.label)} (${keysShown(command)[0] ?? ''})`;
}

/** The buttons above the pictures: over them they would cover letters. */
export class Toolbar implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-tools');
  readonly #bench: Workbench;
  readonly #tools: readonly { readonly tool: Tool; readonly button: HTMLButtonElement }[];

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.element.setAttribute('role', 'toolbar');
    this.element.setAttribute('aria-label', text('Viewer'));
    this.#tools = TOOLS.flatMap((tools) => {
      const group = element('div', 'slicescope-tool-group');
      this.element.append(group);
      return tools.map((tool) => {
        const command = COMMANDS.find(({ id }) => id === tool.id) as Command;
        const made = button(tool.face, titleOf(command), () => {
          command.run(bench, bench.state().plane);
        });
        made.dataset.command = tool.id;
        group.append(made);
        return { tool, button: made };
      });
    });
  }

  set enabled(value: boolean) {
    for (const { button } of this.#tools) button.disabled = !value;
  }

  focus(id: string): void {
    this.#tools.find(({ tool }) => tool.id === id)?.button.focus({ preventScroll: true });
  }

  update(): void {
    const state = this.#bench.state();
    for (const { tool, button } of this.#tools) {
      if (tool.isOn !== undefined) mark(button, 'aria-pressed', String(tool.isOn(state, this.#bench)));
    }
  }

  dispose(): void {
    this.element.remove();
  }
}
