import { dirname, join } from 'node:path';
import { corrupt } from '../format';
import { liesIn } from '../text-header';
import type { DicomFile } from './header';

/** The SOP class of a DICOMDIR (PS3.10 8.6). */
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/**
 * The paths of the files that a DICOMDIR lists, each once (ReferencedFileID). Null for another file.
 * Offsets from one record to the next are not followed.
 * @throws SlicescopeError `file-corrupt` for names, or links, that lead out of its folder.
 */
export function listedIn({ path, dataSet }: DicomFile): readonly string[] | null {
  if (dataSet.string('x00020002') !== MEDIA_STORAGE_DIRECTORY) return null;
  const listed = (dataSet.elements.x00041220?.items ?? []).flatMap((item) => {
    const id = item.dataSet?.string('x00041500');
    return id === undefined || id === '' ? [] : [id.split('\\').map((name) => name.trim())];
  });
  const folder = dirname(path);
  const paths = new Set<string>();
  for (const names of listed) {
    const file = join(folder, ...names);
    const isName = names.every((name) => !/^\.*$|[/\0]/.test(name));
    if (!isName || (!paths.has(file) && !liesIn(file, folder))) {
      const what = `it lists the file ${JSON.stringify(names.join('\\'))} (ReferencedFileID), which is no name in its folder`;
      throw corrupt(path, what);
    }
    paths.add(file);
  }
  return [...paths];
}
