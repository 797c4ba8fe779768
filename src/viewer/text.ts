/** A sentence in the person's language, in which `values` take the places of %1, %2, … */
export type Translate = (english: string, values: readonly string[]) => string;

/** What holds where nobody translates: the English sentence itself. */
const english: Translate = (sentence, values) =>
  sentence.replaceAll(/%(\d)/g, (place, number: string) => values[Number(number) - 1] ?? place);

let translate: Translate = english;

/** Have what the viewers say from now on translated; null for English. */
export function setTranslator(translator: Translate | null): void {
  translate = translator ?? english;
}

/**
 * What a person is to read, in their language: `text('%1 slice %2 of %3', plane, index, count)`. To be called when
 * it is shown: a module is loaded before the language is known.
 */
export function text(sentence: string, ...values: readonly (string | number)[]): string {
  return translate(
    sentence,
    values.map((value) => String(value)),
  );
}
