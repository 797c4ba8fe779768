import type { Plane } from '../protocol';
import { Motion } from './motion';
import { isSameCut, type Cut } from './plan';
import type { Slice } from './slice-cache';

/** A plane that a view shows: where the hand is on it, how it got there, and what is shown of it. */
export class Track {
  readonly plane: Plane;
  /** What the state shows of it. */
  cut: Cut;
  motion: Motion;
  /** Of the positions of the hand, counted over the whole view: this one, and that of the slice that is shown. */
  position: number;
  shownPosition: number;
  shown: Slice | null = null;
  /** How far around the slice others were asked for when there was nothing else to do. */
  filled = 0;

  constructor(cut: Cut, position: number, now: number) {
    this.plane = cut.plane;
    this.cut = cut;
    this.motion = new Motion(cut.index, now);
    this.position = position;
    this.shownPosition = position - 1;
  }

  /** The hand is at its `position`th place, if that is another one; on another volume it says nothing of what is next. */
  goTo(cut: Cut, position: number, now: number, isOther: boolean): void {
    if (!isOther && isSameCut(cut, this.cut)) return;
    this.position = position;
    this.filled = 0;
    if (isOther) this.motion = new Motion(cut.index, now);
    else this.motion.moved(cut.index, now);
    this.cut = cut;
  }
}
