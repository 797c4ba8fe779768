import { afterEach, expect, test } from '@jest/globals';
import { setTranslator, text } from './text';

afterEach(() => {
  setTranslator(null);
});

test('without a translator a text is the English sentence with its values', () => {
  expect(text('Reset')).toBe('Reset');
  expect(text('%1 slice %2 of %3', 'xy', 4, 20)).toBe('xy slice 4 of 20');
  expect(text('%2 before %1', 'one', 'two')).toBe('two before one');
  expect(text('100% of %1', 3)).toBe('100% of 3');
  expect(text('%1 and %2', 'one')).toBe('one and %2');
});

test('a value that looks like a place is not filled in again', () => {
  expect(text('%1, %2', '%2', 'b')).toBe('%2, b');
});

test('a translator gets the sentence and its values, and can be taken away again', () => {
  const asked: [string, readonly string[]][] = [];
  setTranslator((sentence, values) => {
    asked.push([sentence, values]);
    return 'Schicht';
  });
  expect(text('Slice %1', 7)).toBe('Schicht');
  expect(asked).toEqual([['Slice %1', ['7']]]);
  setTranslator(null);
  expect(text('Slice %1', 7)).toBe('Slice 7');
});
