/** What bench.test.ts looks at, in a process of its own, because Jest's module system doesn't read the bench's modules. */
import { measureGroups } from '../../bench/measuring.mjs';
import { exitOnSignals, startProgram } from '../../bench/processes.mjs';
import { Stage } from '../../bench/stage.mjs';

const fields = { unit: 'ms', value: 3, baseline: 2, bound: 1, bounds: 'ratio' };

/** A group that opens something, and then does this. */
const group = (title, ids, closed, act) => ({
  title,
  ids,
  async measure(stage, add) {
    await stage.own({ close: async () => void closed.push(title) });
    await act(add);
  },
});

async function groups(isQuick) {
  const closed = [];
  const all = [
    group('throws', ['before', 'after'], closed, async (add) => {
      add('before', 'a row', fields);
      throw new Error('the server has ended\nand more');
    }),
    group('hangs', ['hung'], closed, () => new Promise(() => undefined)),
    group('forgets', ['forgotten'], closed, () => undefined),
    group('has no figure', ['infinite'], closed, (add) => add('infinite', 'a row', { ...fields, value: NaN })),
    group('is well', ['well', 'unwanted'], closed, (add) => {
      add('well', 'a row', fields);
      add('unwanted', 'a row', fields);
    }),
    group('is not wanted', ['other'], closed, () => undefined),
  ];
  const wanted = new Set(['before', 'after', 'hung', 'forgotten', 'infinite', 'well']);
  const nothing = () => undefined;
  const stage = new Stage(wanted, { quick: isQuick });
  const results = await measureGroups(all, stage, { onGroup: nothing, onRow: nothing, limitMs: 200 });
  console.log(JSON.stringify({ ...results, closed }));
  process.exit();
}

/** A program with a child in a session of its own, as Jupyter has kernels; prints the ids of both. */
async function programs(then) {
  exitOnSignals();
  const forever = 'setInterval(() => undefined, 1000)';
  const code = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', '${forever}'], { detached: true, stdio: 'inherit' });
    console.log('pids ' + process.pid + ' ' + child.pid);
    ${forever};`;
  const program = await startProgram(process.execPath, ['-e', code], { ready: /pids (\d+) (\d+)/ });
  console.log(JSON.stringify(program.match.slice(1).map(Number)));
  if (then === 'throw') throw new Error('after a program was started');
  if (then === 'exit') process.exit(3);
  if (then === 'close') await program.close();
  if (then === 'crash') process.kill(program.pid, 'SIGKILL');
  // Otherwise a signal comes.
}

const [part, how] = process.argv.slice(2);
if (part === 'groups') await groups(how === 'quick');
else await programs(how);
