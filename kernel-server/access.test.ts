import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mayConnect } from './access';

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
  writeFileSync(pagesFile, JSON.stringify(NOTED));
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
  test.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['null', 'null'],
    ['a list', 'http://localhost:8888, http://evil.example'],
    ['*', '*'],
    ['another site', 'http://evil.example'],
    ['another site on the same port', 'http://evil.example:8888'],
    ['the name as a prefix', 'http://localhost.evil.example:8888'],
    ['the name as a suffix', 'http://evillocalhost:8888'],
    ['a subdomain', 'http://a.localhost:8888'],
    ['a subdomain of the hub', 'https://evil.hub.example.org'],
    ['the hub as a prefix', 'https://hub.example.org.evil.example'],
    ['the hub as a suffix', 'https://evilhub.example.org'],
    ['the domain above the hub', 'https://example.org'],
    ['another port', 'http://localhost:8889'],
    ['a longer port', 'http://localhost:88888'],
    ['the hub on another port', 'https://hub.example.org:8444'],
    ['no port where one was noted', 'http://127.0.0.1'],
    ['the companion itself', `http://${DIRECT}`],
    ['userinfo before the name', 'http://localhost:8888@evil.example'],
    ['userinfo before the noted name', 'http://evil@localhost:8888'],
    ['a path', 'http://localhost:8888/lab'],
    ['a slash', 'http://localhost:8888/'],
    ['a query', 'http://localhost:8888?a'],
    ['a fragment', 'http://localhost:8888#evil'],
    ['a dot after the name', 'http://localhost.:8888'],
    ['uppercase', 'HTTP://LOCALHOST:8888'],
    ['an uppercase name', 'http://LocalHost:8888'],
    ['a decimal address', 'http://2130706433:8888'],
    ['a hexadecimal address', 'http://0x7f000001:8888'],
    ['a short address', 'http://127.1:8888'],
    ['another loopback address', 'http://127.0.0.2:8888'],
    ['any address', 'http://0.0.0.0:8888'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:8888'],
    ['a long IPv6 address', 'http://[0:0:0:0:0:0:0:1]:8888'],
    ['percent-encoding', 'http://%6cocalhost:8888'],
    ['wide letters', 'http://ｌocalhost:8888'],
    ['a space', ' http://localhost:8888'],
    ['a new line', 'http://localhost:8888\n'],
    ['a zero byte', 'http://localhost:8888\0.evil.example'],
    ['a backslash', 'http://localhost:8888\\.evil.example'],
    ['another scheme', 'ws://localhost:8888'],
    ['a file', 'file://localhost:8888'],
    ['an extension', 'chrome-extension://localhost:8888'],
    ['a script', 'javascript://localhost:8888'],
    ['no scheme', 'localhost:8888'],
    ['a scheme left out', '//localhost:8888'],
  ])('%s', (_, origin) => {
    expect(may(origin, DIRECT)).toBe(false);
    expect(may(origin, 'localhost:8888')).toBe(false);
    expect(may(origin, origin?.replace(/^\w+:\/\//, ''))).toBe(false);
  });
});

describe('kept out, with a good Origin, is the Host', () => {
  test.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['of DNS rebinding, with the companion’s port', `evil.example:${String(PORT)}`],
    ['of a name that begins like loopback', `localhost.evil.example:${String(PORT)}`],
    ['of a name that ends like loopback', `evillocalhost:${String(PORT)}`],
    ['of a name that begins like the address', `127.0.0.1.evil.example:${String(PORT)}`],
    ['of another loopback address', `127.0.0.2:${String(PORT)}`],
    ['of any address', `0.0.0.0:${String(PORT)}`],
    ['of IPv6 without brackets', `::1:${String(PORT)}`],
    ['of loopback without a port', '127.0.0.1'],
    ['of loopback with another port', `127.0.0.1:${String(PORT + 1)}`],
    ['of loopback with a longer port', `${DIRECT}0`],
    ['of loopback with a port in zeros', `127.0.0.1:0${String(PORT)}`],
    ['of uppercase loopback', `LOCALHOST:${String(PORT)}`],
    ['of loopback with a dot', `localhost.:${String(PORT)}`],
    ['of another noted page', 'hub.example.org'],
    ['of the page with another port', 'localhost:8889'],
    ['of the page without its port', 'localhost'],
    ['of the page with a path', 'localhost:8888/lab'],
    ['with userinfo', `evil@${DIRECT}`],
    ['of a list', `${DIRECT}, evil.example`],
  ])('%s', (_, host) => {
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

test('a page that is noted later is let in without a restart', () => {
  writeFileSync(pagesFile, '[]');
  expect(may('http://localhost:9000', DIRECT)).toBe(false);
  writeFileSync(pagesFile, '["localhost:9000"]');
  expect(may('http://localhost:9000', DIRECT)).toBe(true);
});
