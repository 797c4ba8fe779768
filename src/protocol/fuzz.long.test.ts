import { jest } from '@jest/globals';
import { fuzzTests } from './testing/fuzz-tests';

jest.setTimeout(600_000);
fuzzTests({ messages: 1_000_000, made: 20_000 });
