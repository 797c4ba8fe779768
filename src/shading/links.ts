import { PLANE_AXES, isSlicescopeError, type ViewSettings, type VolumeInfo } from '../protocol';
import { changeSettings, changedSettings, clampIndex } from './settings';

type Name = keyof ViewSettings;

/** Views that keep some of their settings in step. */
export interface Link {
  readonly id: string;
  readonly viewIds: readonly string[];
  readonly names: readonly Name[];
}

/** What is needed of a view to have it follow another one. */
export interface Linked {
  readonly settings: ViewSettings;
  readonly volume: VolumeInfo;
}

/** Those that others depend on come first. */
const FIRST: readonly Name[] = ['plane', 'position', 'index'];

/**
 * What of some settings another view takes: as much as its volume allows. Positions, indices and frames are clamped; an
 * index says nothing of another plane, and what else can't be is left out.
 */
function taken(names: ReadonlySet<Name>, from: ViewSettings, { settings, volume }: Linked): Partial<ViewSettings> {
  const plane = names.has('plane') ? from.plane : settings.plane;
  const isSamePlane = plane === from.plane;
  const wanted: Partial<Record<Name, unknown>> = {
    ...from,
    position: from.position.map((at, axis) => clampIndex(at, volume.shape[axis] as number)),
    index: isSamePlane ? clampIndex(from.index, volume.shape[PLANE_AXES[plane][2]]) : undefined,
    frame: clampIndex(from.frame, volume.frames),
  };
  let next = settings;
  for (const name of [...FIRST, ...names].filter((each) => names.has(each))) {
    try {
      next = changeSettings(next, { [name]: wanted[name] }, volume, 'link');
    } catch (error) {
      if (!isSlicescopeError(error)) throw error;
    }
  }
  return changedSettings(settings, next);
}

/**
 * The links between views. Both threads have them: what the kernel changes is carried on by the kernel's thread, so
 * that a cell reads it at once; what a person changes by the worker, so that it happens while a cell runs.
 */
export class Links {
  readonly #links: Map<string, Link> = new Map();

  add(link: Link): void {
    this.#links.set(link.id, link);
  }

  remove(id: string): void {
    this.#links.delete(id);
  }

  /** A view is closed: links that have no two views left are gone. */
  forget(viewId: string): void {
    for (const link of this.#links.values()) {
      const viewIds = link.viewIds.filter((each) => each !== viewId);
      if (viewIds.length < 2) this.#links.delete(link.id);
      else this.#links.set(link.id, { ...link, viewIds });
    }
  }

  /** All links, for another thread. */
  get all(): readonly Link[] {
    return [...this.#links.values()];
  }

  /**
   * Carry on what has changed in a view to all that are linked to it, also through others. A setting comes to each
   * view once, so there is no going in circles, also where views take different values of it.
   * @param apply changes a view, which `of` then gives as it is.
   */
  follow(
    viewId: string,
    changed: readonly Name[],
    of: (viewId: string) => Linked | undefined,
    apply: (viewId: string, patch: Partial<ViewSettings>) => void,
  ): void {
    const done = new Set<string>();
    const steps: { readonly viewId: string; readonly changed: readonly Name[] }[] = [{ viewId, changed }];
    for (const step of steps) {
      const from = of(step.viewId);
      if (from === undefined) continue;
      for (const [other, names] of this.#followers(step)) {
        const linked = of(other);
        const news = new Set([...names].filter((name) => !done.has(`${other} ${name}`)));
        if (linked === undefined || other === viewId || news.size === 0) continue;
        for (const name of news) done.add(`${other} ${name}`);
        const patch = taken(news, from.settings, linked);
        const patched = Object.keys(patch) as Name[];
        if (patched.length === 0) continue;
        apply(other, patch);
        steps.push({ viewId: other, changed: patched });
      }
    }
  }

  /** The views that follow one of these changes, and the settings that each has in common with the changed view. */
  #followers({ viewId, changed }: { viewId: string; changed: readonly Name[] }): ReadonlyMap<string, Set<Name>> {
    const followers = new Map<string, Set<Name>>();
    for (const { viewIds, names } of this.#links.values()) {
      if (!viewIds.includes(viewId) || !names.some((name) => changed.includes(name))) continue;
      for (const other of viewIds) {
        if (other !== viewId) followers.set(other, new Set([...(followers.get(other) ?? []), ...names]));
      }
    }
    return followers;
  }
}
