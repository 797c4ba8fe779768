import { randomUUID } from 'node:crypto';
import { SlicescopeError, quote, type ViewSettings } from '../protocol';
import { SETTING_NAMES } from '../shading';
import { SliceView } from './slice-view';

/** A setting of a view, as `link` takes it. */
export type SettingName = keyof ViewSettings;

/** Where one looks, and not how: each view keeps its own window and colour map. */
const PLACE: readonly SettingName[] = ['plane', 'index', 'position', 'frame', 'zoom', 'center'];

function refuse(argument: string, what: string): SlicescopeError {
  return new SlicescopeError('invalid-argument', `link: ${what}`, { argument });
}

/**
 * Keep settings of several views in step: what one of them is changed to, by code or by a person, the others are too, also
 * while a cell runs. It begins with the settings of the first. A view takes what its volume allows: an index past its
 * last slice is its last slice, and what it can't be is left out. An index says nothing of another plane; so where
 * the views show different ones, link `plane` or `position` too. A swap changes the one view only.
 * @param views two or more, each still open; one that is closed later leaves the link.
 * @param names Default: where one looks, which is `plane`, `index`, `position`, `frame`, `zoom` and `center`.
 * @returns a function that ends it
 * @throws SlicescopeError `invalid-argument`, `view-closed`.
 */
export function link(views: readonly SliceView[], names: readonly SettingName[] = PLACE): () => void {
  const list: readonly unknown[] = Array.isArray(views) ? (views as unknown[]) : [];
  const known = list.filter((view) => view instanceof SliceView);
  const first = known[0];
  if (known.length < list.length || first === undefined || new Set(known).size < 2) {
    throw refuse('views', `the views are ${quote(views)}, expected two or more that show returned, such as [a, b]`);
  }
  const asked: readonly unknown[] = Array.isArray(names) ? (names as unknown[]) : [];
  const unknown = asked.find((name) => !SETTING_NAMES.some((each) => each === name));
  if (asked.length === 0 || unknown !== undefined) {
    const what = asked.length === 0 ? `the names are ${quote(names)}` : `there is no setting ${quote(unknown)}`;
    throw refuse('names', `${what}; choose some of ${SETTING_NAMES.join(', ')}`);
  }
  for (const view of known) view.checkOpen('link');
  const id = randomUUID();
  const viewIds = [...new Set(known.map((view) => view.id))];
  first.port.link({ id, viewIds, names: [...new Set(names)] });
  return () => {
    first.port.unlink(id);
  };
}
