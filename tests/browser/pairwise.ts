/** A value of each factor. */
export type Case<F extends Readonly<Record<string, readonly unknown[]>>> = {
  readonly [Name in keyof F]: F[Name][number];
};

/** Cases in which each two values of two factors come together at least once; far fewer than all there are. */
export function pairwise<F extends Readonly<Record<string, readonly unknown[]>>>(factors: F): Case<F>[] {
  const lengths = Object.values(factors).map(({ length }) => length);
  const key = (one: number, value: number, other: number, otherValue: number): string =>
    one < other ? [one, value, other, otherValue].join() : [other, otherValue, one, value].join();
  const open = new Set<string>();
  for (const [one, length] of lengths.entries()) {
    for (const [other, otherLength] of lengths.entries()) {
      for (let at = 0; at < length * otherLength && other > one; at++) {
        open.add(key(one, at % length, other, Math.floor(at / length)));
      }
    }
  }
  const cases: Case<F>[] = [];
  while (open.size > 0) {
    const [one, value, other, otherValue] = ([...open][0] as string).split(',').map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const chosen = lengths.map((_, factor) => (factor === one ? value : factor === other ? otherValue : -1));
    for (const [factor, length] of lengths.entries()) {
      if (chosen[factor] !== -1) continue;
      // What closes most of the open pairs with what has been chosen, beginning elsewhere in every case.
      const closes = (at: number): number =>
        chosen.filter((taken, by) => taken !== -1 && open.has(key(factor, at, by, taken))).length;
      const choices = Array.from({ length }, (_, at) => (at + cases.length) % length);
      chosen[factor] = choices.reduce((best, at) => (closes(at) > closes(best) ? at : best));
    }
    for (const [factor, at] of chosen.entries()) {
      for (const [by, taken] of chosen.entries()) if (by !== factor) open.delete(key(factor, at, by, taken));
    }
    const names = Object.keys(factors);
    cases.push(Object.fromEntries(names.map((name, at) => [name, factors[name]?.[chosen[at] as number]])) as Case<F>);
  }
  return cases;
}
