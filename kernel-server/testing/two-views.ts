import type { Volume } from '../../src/volume';
import { Views } from '../views';
import { FakePeer } from './fake-peer';
import { viewRecord } from './records';

/** The views `a` and `b` of a volume, and a client that has opened both and has taken what was said of that. */
export function twoViews(
  volume: Volume,
  ...[onChange = () => undefined]: Partial<ConstructorParameters<typeof Views>>
): { readonly views: Views; readonly peer: FakePeer } {
  const views = new Views(onChange);
  views.put(viewRecord('a', volume), 1);
  views.put(viewRecord('b', volume), 2);
  const peer = new FakePeer(views);
  peer.open('a');
  peer.open('b');
  peer.messages.length = 0;
  return { views, peer };
}
