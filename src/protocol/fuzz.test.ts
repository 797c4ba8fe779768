import { fuzzTests } from './testing/fuzz-tests';

// fuzz.long.test.ts tries fifty times as many.
fuzzTests({ messages: 20_000, made: 2000 });
