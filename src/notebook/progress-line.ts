import { randomUUID } from 'node:crypto';
import { plainText } from '../protocol';
import { findHost } from './host';

const PERCENT = 100;

/** What is done with a file, and what has been done at its end. */
interface Words {
  readonly doing: string;
  readonly done: string;
}

/** How far it is. */
interface Progress {
  readonly stage: string;
  /** From 0 to 1. */
  readonly fraction: number;
}

/** The browser's own bar. @param name may be anything. */
function bar(doing: string, name: string, fraction: number): string {
  const shown = name.replace(/[&<>"]/g, (each) => `&#${String(each.charCodeAt(0))};`);
  return `${doing} ${shown} <progress value="${String(fraction)}" max="1"></progress>`;
}

/**
 * Says how far a file is: under the cell in a notebook, on the last line of a terminal, else nowhere.
 * @param fileName may be anything.
 */
export function progressLine({ doing, done }: Words, fileName: string): ((progress: Progress) => void) | null {
  const host = findHost();
  const { stderr } = process;
  if (host === null && !stderr.isTTY) return null;
  const name = plainText(fileName);
  const displayId = randomUUID();
  let shown = '';
  return ({ stage, fraction }) => {
    const isDone = stage === 'done';
    const text = isDone ? `${done} ${name}` : `${doing} ${name}: ${String(Math.floor(fraction * PERCENT))} %`;
    if (text === shown) return;
    if (host === null) {
      stderr.write(isDone ? '\r\u001B[K' : `\r${text}`);
    } else {
      const data = isDone ? { 'text/plain': text } : { 'text/plain': text, 'text/html': bar(doing, name, fraction) };
      host.display({ data, displayId, update: shown !== '' });
    }
    shown = text;
  };
}
