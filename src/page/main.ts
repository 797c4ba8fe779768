import { Connection, Viewer, warmUp, type Notice } from '../viewer';
import { addressOf, type PageAddress } from './address';
import { PageModel } from './page-model';
import { INCOMPLETE } from './sentences';

/** The page of one view, outside of Jupyter: `slicescope view`, and `show` in plain Node. */

const main = document.querySelector('main') as HTMLElement;
const heading = document.querySelector('h1') as HTMLElement;
const said = document.querySelector('.page-notice') as HTMLElement;

/** Say something where there is no viewer yet. */
function say(notice: Notice): void {
  said.replaceChildren(notice.text);
  const { action } = notice;
  if (action === undefined) return;
  const button = document.createElement('button');
  button.textContent = action.label;
  button.onclick = action.run;
  said.append(button);
}

/** To write the same again would have the page laid out anew with every slice. */
function entitle(name: string): void {
  const title = name === '' ? 'slicescope' : name;
  if (document.title === title) return;
  document.title = title;
  heading.textContent = title;
}

function look({ viewId, ...companion }: PageAddress): void {
  let viewer: Viewer | null = null;
  const connection = new Connection(() => Promise.resolve(companion));
  const model = new PageModel(viewId, connection, {
    updated: () => {
      if (viewer === null) {
        viewer = new Viewer(model, { fills: true });
        said.hidden = true;
        main.append(viewer.element);
      }
      viewer.update();
      entitle(model.state.volume.name);
    },
    notified: (notice, isStopped) => {
      if (viewer !== null) viewer.notify(notice, isStopped);
      else if (notice !== null) say(notice);
    },
  });
  connection.open(viewId, model);
  warmUp(); // While the companion answers.
}

const address = addressOf(window.location);
if (address === null) say({ text: INCOMPLETE });
else look(address);
// Another fragment is another view, or the same with what it lacked.
window.addEventListener('hashchange', () => {
  window.location.reload();
});
