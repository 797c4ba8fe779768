/** Which of jest's projects (jest.config.js) `npm test` runs; `npm run test:all` runs all. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../setup/places.mjs';

const { projects } = createRequire(import.meta.url)(join(root, 'jest.config.js'));

export const ALL_PROJECTS = projects.map(({ displayName }) => displayName);
export const SHORT_PROJECTS = ALL_PROJECTS.filter((name) => !name.endsWith('-long'));
