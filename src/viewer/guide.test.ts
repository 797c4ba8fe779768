import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, keysShown } from './commands';

test('the guide’s table of keys has what the viewer does', () => {
  const rows = COMMANDS.map((command) => {
    const keys = keysShown(command).map((key) => `<kbd>${key}</kbd>`);
    return `| ${keys.join(', ')} | ${command.label} |`;
  });
  const table = ['| key | what it does |', '| --- | --- |', ...rows].join('\n');
  const guide = readFileSync(join(__dirname, '../../docs/guide.md'), 'utf8');
  const [, shown = ''] = /<!-- keys:.*? -->\n([^]*?)\n<!-- \/keys -->/.exec(guide) ?? [];
  expect(shown.trim()).toBe(table);
});
