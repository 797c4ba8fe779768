import { jest } from '@jest/globals';

/**
 * A test in a real JupyterLab that fails is tried once more, because a machine may stand still for longer than any
 * patience; what it failed with is printed. One that fails twice has failed.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
