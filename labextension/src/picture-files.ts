import { text, type Still, type ViewState } from 'slicescope/lib/src/viewer';

const PNG = 'image/png';

/** A file's name for what a view shows: `T1-xy-40.png`. */
export function pictureName({ volume, layout, plane, index }: ViewState): string {
  let name = volume.name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[-.]+/, '');
  while (name.endsWith('-') || name.endsWith('.')) name = name.slice(0, -1);
  if (name === '') name = 'volume';
  return layout === 'slice' ? `${name}-${plane}-${String(index)}.png` : `${name}-${layout}.png`;
}

/** Have the browser save a picture. */
export async function savePicture(still: Still, name: string): Promise<void> {
  const url = URL.createObjectURL(await blobOf(still));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then, and needs the URL no longer.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

/** Put a picture on the clipboard. */
export async function copyPicture(still: Still): Promise<void> {
  // A promise in the item, because some browsers let only what is asked for at once, by the person, write.
  await clipboard().write([new ClipboardItem({ [PNG]: blobOf(still) })]);
}

export async function copyText(copied: string): Promise<void> {
  await clipboard().writeText(copied);
}

/** Browsers give it to pages of https and of this machine only. */
function clipboard(): Clipboard {
  if (window.isSecureContext) return navigator.clipboard;
  throw new Error(
    text('This page has no access to the clipboard, because it is not on https. Save the picture instead.'),
  );
}

async function blobOf({ canvas }: Still): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, PNG);
  });
  if (blob === null) throw new Error(text('The picture can’t be encoded.'));
  return blob;
}
