import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { YNotebook, type YCodeCell } from '@jupyter/ydoc';
import type { IDisposable } from '@lumino/disposable';
import { VIEW_MIME, type ViewBundle } from 'slicescope/lib/src/viewer';
import { followOutputs, type SharedNotebook } from './discarded-views';

/** Time for what replaces an output. */
const pass = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('a notebook whose outputs are followed', () => {
  const CODE = { cell_type: 'code', source: '', metadata: {}, outputs: [], execution_count: null };
  const output = (viewId: string, kernelId = 'kernel-1') => ({
    ...{ output_type: 'display_data', metadata: {} },
    data: { [VIEW_MIME]: { kernelId, viewId }, 'image/png': 'AAAA' },
  });
  let discarded: string[];
  let following: IDisposable[];
  /** A notebook with a cell, as JupyterLab keeps it; outputs change in it as they do when a cell runs. */
  function notebook(...viewIds: readonly string[]) {
    const shared = new YNotebook();
    shared.insertCell(0, { ...CODE, outputs: viewIds.map((viewId) => output(viewId)) });
    const discard = ({ viewId }: ViewBundle): number => discarded.push(viewId);
    following.push(followOutputs(shared as unknown as SharedNotebook, () => 'kernel-1', discard));
    return { shared, cell: (at = 0): YCodeCell => shared.getCell(at) as YCodeCell };
  }
  const set = (cell: YCodeCell, ...outputs: readonly object[]): void => {
    cell.updateOutputs(0, cell.outputs.length, outputs as never, 'silent-change');
  };
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined); // Yjs warns of what ydoc does with new cells.
    [discarded, following] = [[], []];
  });
  afterEach(() => {
    for (const each of following) each.dispose();
    jest.restoreAllMocks();
  });

  test('tells of views that are replaced, cleared, or whose cell came later', async () => {
    const { shared, cell } = notebook('a');
    set(cell(), output('b'));
    await pass();
    expect(discarded).toEqual(['a']);
    cell().clearOutputs();
    await pass();
    expect(discarded).toEqual(['a', 'b']);
    shared.insertCell(0, CODE);
    set(cell(), output('c'), output('d'));
    set(cell(), output('d'));
    await pass();
    expect(discarded).toEqual(['a', 'b', 'c']);
  });

  test('tells nothing of an output that is only updated, or another kernel’s', async () => {
    const { cell } = notebook('a');
    set(cell(), { ...output('a'), metadata: { updated: true } });
    set(cell(), output('a'), output('b', 'kernel-2'));
    set(cell(), output('a'));
    await pass();
    expect(discarded).toEqual([]);
  });

  test('tells nothing of a view that another output has, in whichever notebook', async () => {
    const [one, other] = [notebook('a', 'a'), notebook('b')];
    set(one.cell(), output('a'));
    set(other.cell(), output('a'));
    set(one.cell());
    await pass();
    expect(discarded).toEqual(['b']);
    set(other.cell());
    await pass();
    expect(discarded).toEqual(['b', 'a']);
  });

  test('tells nothing when a cell is deleted or moved, when all is read anew, and when it is closed', async () => {
    const { shared, cell } = notebook('a');
    shared.insertCell(1, { ...CODE, outputs: [output('b')] });
    shared.moveCell(0, 1);
    shared.deleteCell(0);
    shared.fromJSON({ cells: [{ ...CODE, outputs: [output('c')] }], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    await pass();
    const last = cell();
    for (const each of following.splice(0)) each.dispose();
    set(last);
    shared.dispose();
    await pass();
    expect(discarded).toEqual([]);
  });
});
