/**
 * What the viewer and its server say of kernels and cells, as it is where there are none: the other end is a program
 * that a person has started. tests: each key is said somewhere.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  'The kernel can’t be reached. Trying again.':
    'The program that shows this volume has ended, or can’t be reached. Start it again: it opens a page of its own.',
  'The connection to the kernel is lost. Trying again.':
    'The connection to the program that shows this volume is lost. Trying again.',
  'The kernel does not answer. Trying again.': 'The program that shows this volume does not answer. Trying again.',
  'Something else than the kernel answered. Run the cell again.':
    'This address is not that of a view that is shown now. Open the address that the program has printed, with all that is behind the #.',
  'The kernel closed this view. Run the cell to show it again.':
    'This view was closed. Start the program again to look at the volume.',
  'The kernel no longer has this view. Run the cell again to show it.':
    'There is no such view any more. Open the address that the program has printed last, or start it again.',
};

/** The address of the page is not one that leads to a view. */
export const INCOMPLETE =
  'This address is not complete. Open the one that the program has printed, with all that is behind the #.';

export function sentenceOf(said: string): string {
  return SENTENCES[said] ?? said;
}

export const SENTENCE_KEYS: readonly string[] = Object.keys(SENTENCES);
