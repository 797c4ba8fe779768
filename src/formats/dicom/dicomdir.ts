import { corrupt } from '../format';
import type { DicomFile } from './header';

/** The SOP class of a DICOMDIR (PS3.10 8.6). */
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/**
 * The files that a DICOMDIR lists, each as the names of its folders and its own (ReferencedFileID); null for another file.
 * @throws SlicescopeError `file-corrupt` for names that lead out of its folder.
 */
export function listedIn({ path, dataSet }: DicomFile): readonly (readonly string[])[] | null {
  if (dataSet.string('x00020002') !== MEDIA_STORAGE_DIRECTORY) return null;
  const listed = (dataSet.elements.x00041220?.items ?? []).flatMap((item) => {
    const id = item.dataSet?.string('x00041500');
    return id === undefined || id === '' ? [] : [id.split('\\').map((name) => name.trim())];
  });
  const outside = listed.find((names) => names.some((name) => /^\.*$|[/\0]/.test(name)));
  if (outside === undefined) return listed;
  throw corrupt(
    path,
    `it lists the file ${JSON.stringify(outside.join('\\'))} (ReferencedFileID), which is no name in its folder`,
  );
}
