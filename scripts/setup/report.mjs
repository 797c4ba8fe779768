/** What setup says: one line a step, and for a step that fails what to do about it. */

/** A step that failed in a way that a person can put right. `advice` is what to do, in a sentence or a command. */
export class SetupError extends Error {
  constructor(message, advice, options) {
    super(message, options);
    this.name = 'SetupError';
    this.advice = advice;
  }
}

export function say(text) {
  console.log(text);
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs the steps in order. A step is `{ title, run }`; `run` is given a function that says what is being
 * done, to be called only when there is something to do, and returns a note for the step's line or nothing.
 */
export async function runSteps(steps) {
  const start = performance.now();
  for (const { title, run } of steps) {
    const stepStart = performance.now();
    let busy = false;
    const doing = (what) => {
      busy = true;
      say(`${title}: ${what} …`);
    };
    try {
      const note = await run(doing);
      say(`${title}: ${note ?? 'ok'}${busy ? ` (${seconds(stepStart)})` : ''}`);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`\n${title}: failed. ${error.message}\n\nWhat to do: ${error.advice}\n`);
      return false;
    }
  }
  say(`Ready in ${seconds(start)}.`);
  return true;
}
