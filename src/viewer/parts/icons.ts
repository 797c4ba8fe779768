/** Paths of 16 × 16, parted by |; those that begin with * are filled, the others are lines. */
export const ICONS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  rotate: 'M13 8a5 5 0 1 1-1.5-3.5M12 1.5v3.3H8.7',
  'flip-horizontal': 'M8 2v12|*M6 4v8H1.5z|M10 4v8h4.5z',
  'flip-vertical': 'M2 8h12|*M4 6h8V1.5z|M4 10h8v4.5z',
  invert: 'M2.5 2.5h11v11h-11z|*M2.5 13.5v-11l11 11z',
  reset: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3',
  window: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11|*M8 2.5a5.5 5.5 0 0 0 0 11z',
  planes: 'M2.5 2.5h11v11h-11zM8 2.5v11M2.5 8h11',
  volume: 'M8 1.8l5.5 3v6.4l-5.5 3l-5.5-3V4.8zM2.5 4.8l5.5 3l5.5-3M8 7.8v6.4',
  settings:
    'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6|M10 2.7a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6|M6 9.7a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6',
  play: '*M4.5 2.5v11l9-5.5z',
  pause: '*M4 3h3v10H4zM9 3h3v10H9z',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof ICONS;
