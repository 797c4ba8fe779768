import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CompanionManager } from './manager';
import { Preferences } from './preferences';
import { ViewOutput } from './renderer';
import { FakeCompanion } from './testing/companion';
import { ViewTracker } from './view-tracker';

let tracker: ViewTracker;
let first: ViewOutput;
let second: ViewOutput;
const changed = jest.fn();

beforeEach(() => {
  const manager = new CompanionManager(new FakeCompanion().locate, new Preferences(null));
  tracker = new ViewTracker();
  [first, second] = [new ViewOutput(() => manager), new ViewOutput(() => manager)];
  tracker.add(first);
  tracker.add(second);
  tracker.changed.connect(changed);
  changed.mockClear();
});

/** Something that a person does inside of an output, and that its parts keep to themselves. */
function use({ node }: ViewOutput, event: string): void {
  const inside = document.createElement('button');
  inside.addEventListener(event, (happened) => {
    happened.stopPropagation();
  });
  node.append(inside);
  inside.dispatchEvent(new Event(event, { bubbles: true }));
}

describe('the current view', () => {
  test('is none before any was used', () => {
    expect(tracker.current).toBeNull();
  });

  test.each(['focusin', 'pointerdown', 'contextmenu'])('is the one with the last %s, told of once', (event) => {
    use(first, event);
    expect(tracker.current).toBe(first);
    use(second, event);
    use(second, event);
    expect(tracker.current).toBe(second);
    use(first, event);
    expect(tracker.current).toBe(first);
    expect(changed).toHaveBeenCalledTimes(3);
  });

  test('is not another one because the pointer goes over it', () => {
    use(first, 'pointerdown');
    use(second, 'pointermove');
    expect(tracker.current).toBe(first);
  });

  test('is the one that was used before it when it is gone, and none when all are', () => {
    use(first, 'pointerdown');
    use(second, 'pointerdown');
    changed.mockClear();
    second.dispose();
    expect([tracker.current, changed.mock.calls.length]).toEqual([first, 1]);
    first.dispose();
    expect([tracker.current, changed.mock.calls.length]).toEqual([null, 2]);
  });

  test('stays when another one goes', () => {
    use(first, 'pointerdown');
    use(second, 'pointerdown');
    first.dispose();
    expect(tracker.current).toBe(second);
  });
});
