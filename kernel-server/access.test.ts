import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mayConnect } from './access';
import { FOREIGN_ORIGINS, forgedHosts } from './testing/strangers';

const PORT = 40_123;
const DIRECT = `127.0.0.1:${String(PORT)}`;
const NOTED = [
  'localhost:8888',
  '127.0.0.1:8888',
  '[::1]:8888',
  'hub.example.org',
  'hub.example.org:8443',
  'localhost',
];

const folder = mkdtempSync(join(tmpdir(), 'slicescope-access-'));
const pagesFile = join(folder, 'pages.json');
beforeEach(() => {
  rmSync(pagesFile, { recursive: true, force: true });
  writeFileSync(pagesFile, JSON.stringify(NOTED), { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const may = (origin: string | undefined, host: string | undefined): boolean =>
  mayConnect({ ...(origin === undefined ? {} : { origin }), ...(host === undefined ? {} : { host }) }, PORT, pagesFile);

describe('let in is', () => {
  test.each<[string, string, string]>([
    ['a loopback page, directly, by address', 'http://localhost:8888', DIRECT],
    ['a loopback page, directly, by name', 'http://localhost:8888', `localhost:${String(PORT)}`],
    ['a loopback page, directly, by IPv6', 'http://localhost:8888', `[::1]:${String(PORT)}`],
    ['a page by address, directly', 'http://127.0.0.1:8888', DIRECT],
    ['a page by IPv6, directly', 'http://[::1]:8888', `[::1]:${String(PORT)}`],
    ['a page with https, directly', 'https://localhost:8888', DIRECT],
    ['a page on the standard port, directly', 'http://localhost', DIRECT],
    ['a loopback page, through the proxy', 'http://localhost:8888', 'localhost:8888'],
    ['a remote page, through the proxy', 'https://hub.example.org', 'hub.example.org'],
    ['a remote page on a port, through the proxy', 'https://hub.example.org:8443', 'hub.example.org:8443'],
  ])('%s', (_, origin, host) => {
    expect(may(origin, host)).toBe(true);
  });
});

describe('kept out is the Origin', () => {
  test.each(FOREIGN_ORIGINS)('%s', (_, origin) => {
    expect(may(origin, DIRECT)).toBe(false);
    expect(may(origin, 'localhost:8888')).toBe(false);
    expect(may(origin, origin?.replace(/^\w+:\/\//, ''))).toBe(false);
  });
});

describe('kept out, with a good Origin, is the Host', () => {
  test.each(forgedHosts(PORT))('%s', (_, host) => {
    expect(may('http://localhost:8888', host)).toBe(false);
  });
});

describe('nobody is let in while the file of pages', () => {
  test('is not there', () => {
    rmSync(pagesFile);
    expect(may('http://localhost:8888', DIRECT)).toBe(false);
  });

  test.each([
    ['is empty', ''],
    ['is half written', '["localhost:8888"'],
    ['is no list', '{"0": "localhost:8888", "length": 1}'],
    ['is a text that contains the name', '"localhost:8888"'],
    ['is null', 'null'],
    ['names other pages', '["localhost:9999"]'],
    ['has things that are no names', '[null, 8888, ["localhost:8888"], {"host": "localhost:8888"}]'],
  ])('%s', (_, text) => {
    writeFileSync(pagesFile, text);
    expect(may('http://localhost:8888', DIRECT)).toBe(false);
    expect(may('null', DIRECT)).toBe(false);
    expect(may(undefined, DIRECT)).toBe(false);
  });
});

describe('the file of pages is trusted only if nobody else can have written it:', () => {
  const isIn = (): boolean => may('http://localhost:8888', DIRECT);
  const unix = process.platform === 'win32' ? test.skip : test;

  unix.each([0o620, 0o602, 0o660, 0o666, 0o777])('not with the mode %o', (mode) => {
    chmodSync(pagesFile, mode);
    expect(isIn()).toBe(false);
    chmodSync(pagesFile, 0o644);
    expect(isIn()).toBe(true);
  });

  unix('not behind a symbolic link', () => {
    const target = join(folder, 'elsewhere.json');
    writeFileSync(target, JSON.stringify(NOTED), { mode: 0o600 });
    rmSync(pagesFile);
    symlinkSync(target, pagesFile);
    expect(isIn()).toBe(false);
  });

  unix('not as a pipe, which nobody writes to and nothing waits for', () => {
    rmSync(pagesFile);
    spawnSync('mkfifo', ['-m', '600', pagesFile]);
    expect(isIn()).toBe(false);
  });

  test('not as a folder', () => {
    rmSync(pagesFile);
    mkdirSync(pagesFile, { mode: 0o700 });
    expect(isIn()).toBe(false);
  });

  test('not where it has more than 64 KB', () => {
    writeFileSync(pagesFile, JSON.stringify(NOTED).padEnd(65_536));
    expect(isIn()).toBe(true);
    writeFileSync(pagesFile, JSON.stringify(NOTED).padEnd(65_537));
    expect(isIn()).toBe(false);
  });

  // Only the superuser can give a file away.
  (process.getuid?.() === 0 ? test : test.skip)('not where it belongs to another user', () => {
    chownSync(pagesFile, 65_534, 65_534);
    expect(isIn()).toBe(false);
  });
});

test('a page that is noted later is let in without a restart', () => {
  writeFileSync(pagesFile, '[]');
  expect(may('http://localhost:9000', DIRECT)).toBe(false);
  writeFileSync(pagesFile, '["localhost:9000"]');
  expect(may('http://localhost:9000', DIRECT)).toBe(true);
});
