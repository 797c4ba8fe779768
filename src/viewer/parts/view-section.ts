import { MAX_RATE } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import type { Part, Workbench } from './part';
import { checkbox, choice, labelled, numberField, showNumber } from './widgets';

/** What is seen through at once, how slices are played, the crosshair and the convention. */
export class ViewSection implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-section');
  readonly #bench: Workbench;
  readonly #slab: HTMLInputElement;
  readonly #slabField: HTMLElement;
  readonly #projection: HTMLSelectElement;
  readonly #rate: HTMLInputElement;
  readonly #playback: HTMLSelectElement;
  readonly #crosshair: HTMLInputElement;
  readonly #convention: HTMLSelectElement;
  readonly #conventionField: HTMLElement;

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.#slab = numberField(text('Slices of the slab'), (slices) => {
      const { plane, volume } = bench.state();
      bench.change({ slab: Math.max(1, Math.min(volume.planes[plane].count, Math.round(slices))) });
      this.#slab.valueAsNumber = bench.state().slab;
    });
    [this.#slab.min, this.#slab.step] = ['1', '1'];
    this.#projection = choice(
      [
        ['max', text('Maximum')],
        ['min', text('Minimum')],
        ['mean', text('Mean')],
      ],
      (projection) => {
        bench.change({ projection });
      },
    );
    this.#projection.setAttribute('aria-label', text('Projection of the slab'));
    this.#slabField = labelled(text('Slab'), this.#slab);
    this.#rate = numberField(text('Slices a second'), (rate) => {
      bench.change({ rate: Math.max(1, Math.min(MAX_RATE, rate)) });
      this.#rate.valueAsNumber = bench.state().rate;
    });
    [this.#rate.min, this.#rate.max, this.#rate.step] = ['1', String(MAX_RATE), '1'];
    this.#playback = choice(
      [
        ['loop', text('Loop')],
        ['bounce', text('Back and forth')],
      ],
      (playback) => {
        bench.change({ playback });
      },
    );
    this.#playback.setAttribute('aria-label', text('At the last slice'));
    const crosshair = checkbox(text('Crosshair'), (isOn) => {
      bench.change({ crosshair: isOn });
    });
    this.#crosshair = crosshair.input;
    this.#convention = choice(
      [
        ['radiological', text('Radiological')],
        ['neurological', text('Neurological')],
      ],
      (convention) => {
        bench.change({ convention });
      },
    );
    this.#conventionField = labelled(text('Convention'), this.#convention);
    const [seen, played] = [element('div', 'slicescope-row'), element('div', 'slicescope-row')];
    seen.append(this.#slabField, this.#projection, crosshair.label, this.#conventionField);
    played.append(labelled(text('Speed'), this.#rate), this.#playback);
    this.element.append(seen, played);
  }

  update(): void {
    const { slab, projection, rate, playback, crosshair, convention, volume, plane } = this.#bench.state();
    this.#slab.max = String(volume.planes[plane].count);
    showNumber(this.#slab, slab);
    this.#projection.value = projection;
    showNumber(this.#rate, rate);
    this.#playback.value = playback;
    this.#crosshair.checked = crosshair;
    this.#conventionField.hidden = volume.direction === null;
    this.#convention.value = convention;
  }

  dispose(): void {
    this.element.remove();
  }
}
