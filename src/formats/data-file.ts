import { basename, dirname, join } from 'node:path';

/**
 * The name of the file of values beside a header. It is in ASCII, as headers are, and a header can't
 * take it for anything else, such as LIST or a pattern of numbers.
 */
export function dataNameOf(path: string, ending: string): string {
  const stem = basename(path).replace(/\.\w+$/, '');
  const plain = stem.replace(/[^\w.+-]/g, '_').replace(/^(?=LIST\b|LOCAL\b|\.)/i, '_');
  return `${plain}${ending}`;
}

export function besideOf(target: string, name: string): string {
  return join(dirname(target), name);
}
