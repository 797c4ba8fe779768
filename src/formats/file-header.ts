import { plainText } from '../protocol';

/** What the header of a file says, by the format's own names, as text. */
export type FileHeader = Readonly<Record<string, string>>;

const MOST_ITEMS = 16;
const MOST_CHARACTERS = 200;
const MOST_FIELDS = 1000;

/** Without what a terminal would take for a command, with single spaces, and not longer than a person reads. */
function textOf(value: unknown): string {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const { length } = value as ArrayLike<unknown>;
    const items = Array.from({ length: Math.min(length, MOST_ITEMS) }, (_, at) => (value as ArrayLike<unknown>)[at]);
    const more = length > MOST_ITEMS ? ` … (${String(length)} in all)` : '';
    return `${items.map(textOf).join(' ')}${more}`;
  }
  const text = plainText(String(value).replace(/[\u0000-\u0020\u007f-\u009f]+/g, ' ')).trim();
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}

/** Of fields of all kinds those that say something. */
export function fileHeader(fields: Iterable<readonly [name: string, value: unknown]>): FileHeader {
  const said: [string, string][] = [];
  for (const [name, value] of fields) {
    const isData = typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value);
    if (value === undefined || typeof value === 'function' || !isData) continue;
    const text = textOf(value);
    if (text !== '') said.push([textOf(name), text]);
    if (said.length === MOST_FIELDS) break;
  }
  return Object.fromEntries(said);
}
