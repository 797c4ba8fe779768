import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { PointerMessage } from '../protocol';
import { Volume } from '../volume';
import { show } from './show';
import { voxelEvent } from './voxel-event';
import { closeViews } from './testing/close-views';

jest.spyOn(console, 'log').mockImplementation(() => undefined);
afterAll(closeViews);

const volume = Volume.from(Float32Array.of(1.5, NaN, -Infinity, 4), [2, 2, 1]);
const message: PointerMessage = { kind: 'click', plane: 'xy', position: [0, 0, 0], frame: 0, values: [1.5] };

describe('a pointer is an event', () => {
  test('with what the page knows of the voxel', () => {
    expect(voxelEvent({ ...message, values: [7] }, volume, [], [])).toEqual({
      type: 'click',
      plane: 'xy',
      position: [0, 0, 0],
      frame: 0,
      value: 7,
      values: [7],
      label: null,
    });
  });

  test('with what the volume has where the page can’t say', () => {
    const valueAt = (x: number, y: number): unknown =>
      voxelEvent({ ...message, position: [x, y, 0], values: [null] }, volume, [], [])?.value;
    expect([valueAt(0, 0), valueAt(1, 0), valueAt(0, 1)]).toEqual([1.5, NaN, -Infinity]);
    expect(voxelEvent({ ...message, values: [] }, volume, [], [])?.values).toEqual([1.5]);
  });

  test('with real values, of which labels have their names', () => {
    const rescale = { slope: 2, intercept: -3 };
    const stored = Volume.from(Uint8Array.of(0, 1, 2, 3), [2, 2, 1], { rescale });
    const overlay = { volume: stored, labels: { 3: { name: 'liver' } } };
    const look = { colormap: 'labels', window: [0, 2], visible: true, opacity: 0.5 } as const;
    const event = voxelEvent({ ...message, position: [1, 1, 0], values: [null, 3] }, stored, [overlay], [look]);
    expect(event).toMatchObject({ value: 3, values: [3, 3], label: 'liver' });
  });

  test('with colours, and with the values of all channels', () => {
    const rgb = Volume.from(Uint8Array.of(1, 2, 3), [1, 1, 1], { components: 3 });
    expect(voxelEvent({ ...message, values: [[1, 2, 3]] }, rgb, [], [])?.value).toEqual([1, 2, 3]);
    const two = Volume.from(Uint8Array.of(5, 6, 7, 8), [1, 1, 1], { channels: 2, frames: 2 });
    const event = voxelEvent({ ...message, frame: 1, values: [null, 9] }, two, [], []);
    expect(event).toMatchObject({ value: 7, values: [7, 9] });
  });

  test('with the name of the topmost label that is seen', () => {
    const [liver, spleen, tumour] = [{ name: 'liver' }, { name: 'spleen' }, { name: 'tumour' }];
    const overlays = [{ 1: liver, 2: spleen }, { 1: tumour }, null].map((labels) => ({ volume, labels }));
    const look = { colormap: 'labels', window: [0, 2], visible: true, opacity: 0.5 } as const;
    const labelOf = (values: PointerMessage['values'], isTopSeen = true): unknown => {
      const looks = [look, { ...look, visible: isTopSeen }, look];
      return voxelEvent({ ...message, values }, volume, overlays, looks)?.label;
    };
    expect(labelOf([0, 1, 1, 1])).toBe('tumour');
    expect(labelOf([0, 2, 1, 1], false)).toBe('spleen');
    expect(labelOf([0, 2, 0, 1])).toBe('spleen');
    expect(labelOf([0, 0, 0, 1])).toBe(null);
    expect(labelOf([0, 9, null, 1])).toBe(null);
    const atlas = Volume.from(Uint8Array.of(7), [1, 1, 1], { labels: { 7: 'cortex' } });
    const over = { volume: atlas, labels: { 1: liver } };
    expect(voxelEvent({ ...message, values: [7, 0] }, atlas, [over], [look])?.label).toBe('cortex');
    expect(voxelEvent({ ...message, values: [7, 1] }, atlas, [over], [look])?.label).toBe('liver');
  });

  test('or none where the view shows a smaller volume by now', () => {
    expect(voxelEvent({ ...message, position: [2, 0, 0] }, volume, [], [])).toBeNull();
    expect(voxelEvent({ ...message, frame: 1 }, volume, [], [])).toBeNull();
  });
});

test('probes and clicks come to their own listeners', () => {
  const view = show(volume);
  const [probed, clicked, changed] = [jest.fn(), jest.fn(), jest.fn()];
  const stop = view.on('probe', probed);
  view.on('click', clicked);
  view.on('change', changed);
  view.pointedByViewer(message);
  view.pointedByViewer({ ...message, kind: 'probe', position: [1, 1, 0], values: [4] });
  expect(clicked.mock.calls).toEqual([[expect.objectContaining({ type: 'click', value: 1.5 })]]);
  expect(probed.mock.calls).toEqual([[expect.objectContaining({ type: 'probe', position: [1, 1, 0], value: 4 })]]);
  stop();
  view.pointedByViewer({ ...message, kind: 'probe' });
  expect(probed).toHaveBeenCalledTimes(1);
  expect(changed).not.toHaveBeenCalled();
});

test('a page is told what is listened to', () => {
  const view = show(volume);
  const listen = jest.spyOn(view.port, 'listen');
  const stop = view.on('probe', () => undefined);
  const other = view.on('probe', () => undefined);
  view.on('click', () => undefined);
  stop();
  other();
  expect(listen.mock.calls).toEqual([
    [['probe']],
    [['probe']],
    [['probe', 'click']],
    [['probe', 'click']],
    [['click']],
  ]);
});
