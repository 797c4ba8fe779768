import { views } from '../ports';

/** Let the process end: outside of a notebook it goes on while a view is open. */
export function closeViews(): void {
  for (const view of [...views.values()]) view.close();
}
