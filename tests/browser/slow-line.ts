import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The benchmarks' line of 20 Mbit/s and a round trip of 50 ms, to a port of this machine, in a process of its own. */
export async function startSlowLine(port: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const file = pathToFileURL(resolve(__dirname, '../../bench/slow-line.mjs')).href;
  const code = `import { startSlowLine } from '${file}'; console.log((await startSlowLine(${String(port)})).port)`;
  const line = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(createInterface({ input: line.stdout }), 'line')) as [string];
  return {
    port: Number(text),
    stop: async () => {
      line.kill();
      await once(line, 'exit');
    },
  };
}
