import { jest } from '@jest/globals';

/**
 * A browser test that fails is tried again, twice at most: a machine may stand still for longer than any patience. Its failure is
 * printed, and `npm test` names it at its end. `npm run test:all` tries nothing again.
 */
if (process.env.SLICESCOPE_RETRIES !== '0') jest.retryTimes(2, { logErrorsBeforeRetry: true });
