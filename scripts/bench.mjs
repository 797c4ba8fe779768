/** `npm run bench [-- --quick] [-- ID…]`: set up what is missing, then measure. See bench/README.md. */
import { setup } from './setup.mjs';

if (await setup()) await import('../bench/run.mjs');
else process.exitCode = 1;
