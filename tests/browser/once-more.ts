import { jest } from '@jest/globals';

/**
 * A test in a browser that fails is tried once more, because a machine may stand still for longer than any patience. What it failed
 * with is printed, and `npm test` names it at its end. `npm run test:all` allows no second try.
 */
if (process.env.SLICESCOPE_RETRIES !== '0') jest.retryTimes(1, { logErrorsBeforeRetry: true });
