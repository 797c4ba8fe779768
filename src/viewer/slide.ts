/**
 * Lets an element be moved: it has the transform `from` at time 0 of the animation, and `to` at time `length`. The animation
 * stands still and has its time set (`currentTime`), because browsers move that where it is; after a change of the style
 * they would put the layers of the page together anew, which takes as long as all else that a frame needs from them.
 */
export function slide(moved: HTMLElement, from: string, to: string, length: number): Animation {
  const way = moved.animate({ transform: [from, to] }, { duration: length, fill: 'both' });
  way.pause();
  return way;
}
