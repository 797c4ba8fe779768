/** What setup says: a line when a step begins to do something and one when it ends, and what to do about a failure. */

/**
 * A step that failed in a way that a person can put right. `advice` is what to do, in a sentence or a command;
 * `output` is the end of what a failed command printed.
 */
export class SetupError extends Error {
  constructor(message, advice, { output = '' } = {}) {
    super(message);
    this.name = 'SetupError';
    this.advice = advice;
    this.output = output;
  }
}

export function say(text) {
  console.log(text);
}

const seconds = (since) => (performance.now() - since) / 1000;

async function runStep({ title, run }) {
  const start = performance.now();
  const note = await run((what) => say(`${title}: ${what} …`));
  const took = seconds(start);
  say(`${title}: ${note ?? 'ok'}${took < 1 ? '' : ` (${took.toFixed(1)} s)`}`);
}

/**
 * Runs each step as soon as the steps that it comes `after` are done, so independent ones run at the same time.
 * After a failure no further step begins; the ones that have begun are finished, and what to do is said last.
 * A step is `{ title, run, after }`; `after` lists steps that stand before it. `run` is given a function that says
 * what is being done, to be called only when there is something to do, and returns a note for the step's line or
 * nothing.
 */
export async function runSteps(steps) {
  const start = performance.now();
  const failures = [];
  const ends = new Map();
  const runInTurn = async (step) => {
    await Promise.all((step.after ?? []).map((each) => ends.get(each)));
    if (failures.length > 0) return;
    try {
      await runStep(step);
    } catch (error) {
      failures.push({ step, error });
      say(`${step.title}: failed.`);
    }
  };
  for (const step of steps) ends.set(step, runInTurn(step));
  await Promise.all(ends.values());
  if (failures.length === 0) {
    say(`Ready in ${seconds(start).toFixed(1)} s.`);
    return true;
  }
  for (const { step, error } of failures) {
    if (!(error instanceof SetupError)) continue;
    if (error.output !== '') console.error(`\n${error.output}`);
    say(`\n${step.title}: ${error.message}\n\nWhat to do: ${error.advice}\n`);
  }
  const bug = failures.find(({ error }) => !(error instanceof SetupError));
  if (bug !== undefined) throw bug.error;
  return false;
}
