import { element } from '../dom';
import { ICONS, type IconName } from './icons';

const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** A drawing of 16 × 16 in the text's colour; it has no name, the control that it is on has. */
export function icon(name: IconName): SVGSVGElement {
  const drawn = svg('svg', { viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' });
  for (const d of ICONS[name].split('|')) {
    const isFilled = d.startsWith('*');
    const paint = isFilled ? { fill: 'currentColor' } : { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5' };
    drawn.append(svg('path', { d: isFilled ? d.slice(1) : d, 'stroke-linecap': 'round', ...paint }));
  }
  return drawn;
}

/** A button with an icon or, for a short one, its text; `label` is its name. */
export function button(face: IconName | { readonly text: string }, label: string, run: () => void): HTMLButtonElement {
  const made = element('button', 'slicescope-button');
  made.type = 'button';
  if (typeof face === 'string') made.append(icon(face));
  else made.textContent = face.text;
  made.title = label;
  made.setAttribute('aria-label', label);
  made.onclick = run;
  return made;
}

/** An attribute that is another one only where it must be: writing it costs the page a look at its styles. */
export function mark(of: Element, name: string, value: string): void {
  if (of.getAttribute(name) !== value) of.setAttribute(name, value);
}

/** The same for what an element says. */
export function say(of: Element, words: string): void {
  if (of.textContent !== words) of.textContent = words;
}

export function labelled(words: string, ...controls: readonly HTMLElement[]): HTMLLabelElement {
  const made = element('label', 'slicescope-field');
  const name = element('span', 'slicescope-field-name');
  name.textContent = words;
  made.append(name, ...controls);
  return made;
}

export function checkbox(words: string, run: (isOn: boolean) => void): { label: HTMLElement; input: HTMLInputElement } {
  const input = element('input', 'slicescope-check');
  input.type = 'checkbox';
  input.onchange = () => {
    run(input.checked);
  };
  const label = element('label', 'slicescope-field');
  label.append(input, words);
  return { label, input };
}

/** A choice of a few; the options' texts are what the person reads. */
export function choice<Value extends string>(
  options: readonly (readonly [value: Value, words: string])[],
  run: (value: Value) => void,
): HTMLSelectElement {
  const made = element('select', 'slicescope-select');
  for (const [value, words] of options) made.append(new Option(words, value));
  made.onchange = () => {
    const chosen = options.find(([value]) => value === made.value);
    if (chosen !== undefined) run(chosen[0]);
  };
  return made;
}

/** A number that is typed; `run` is told of it when the person is done, and not of what is no number. */
export function numberField(name: string, run: (value: number) => void): HTMLInputElement {
  const made = element('input', 'slicescope-number');
  made.type = 'number';
  made.step = 'any';
  made.setAttribute('aria-label', name);
  const commit = (): void => {
    if (Number.isFinite(made.valueAsNumber)) run(made.valueAsNumber);
  };
  made.onchange = commit;
  // JupyterLab keeps the line break of Enter, and with it the change, from every input.
  made.onkeydown = ({ key }) => {
    if (key === 'Enter') commit();
  };
  return made;
}

/** Show a number in a field, unless the person is typing there. */
export function showNumber(field: HTMLInputElement, value: number): void {
  if (document.activeElement !== field && field.valueAsNumber !== value) field.valueAsNumber = value;
}
