import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, commitOf } from '../../src/pairing';
import { launch } from './chromium';
import { startHub, type Hub, type Site } from './hub';
import { startLaptop, type Laptop } from './laptop';

/**
 * Pages that the user happens to open, against the real server. Chromium's own permission is given to them: what holds
 * here holds without its help.
 */
describe('a page that was not approved', () => {
  let hub: Hub;
  let laptop: Laptop;
  let approved: Site;
  let evil: Site;
  let context: BrowserContext;
  let close: () => Promise<void>;
  let token: string;

  beforeAll(async () => {
    hub = await startHub();
    laptop = await startLaptop();
    approved = hub.site();
    evil = hub.site();
    const launched = await launch({ space: 'loopback', ports: [hub.ports.https, hub.ports.http] });
    context = launched.context;
    close = () => launched.close();
    token = await pairedToken();
  });
  afterAll(async () => {
    await close();
    await laptop.close();
    await hub.close();
  });

  /** The token of a page that the user did approve. */
  async function pairedToken(): Promise<string> {
    const page = await context.newPage();
    await page.goto(`${approved.https}/page#${encodeURIComponent(laptop.url)}`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    laptop.type((await page.locator('output.code').textContent()) ?? '');
    await page.locator('body[data-laptop="ready"]').waitFor();
    const found = await page.evaluate((url) => sessionStorage.getItem(`notesync:${url}`), laptop.url);
    await page.close();
    if (found === null) throw new Error('the page keeps no token');
    return found;
  }

  async function open(site: Site = evil): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${site.https}/framed?src=about:blank`);
    return page;
  }

  /** What the page can read of a call: its status, or "nothing". */
  function reads(page: Page, path: string, bearer: string | null, method = 'GET'): Promise<string> {
    return page.evaluate(
      async ({ url, bearer, method }) => {
        try {
          const headers: HeadersInit = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
          return String((await fetch(url, { method, headers })).status);
        } catch {
          return 'nothing';
        }
      },
      { url: laptop.url + path, bearer, method },
    );
  }

  it('can read that a notesync server is there, and no more', async () => {
    const page = await open();
    expect(await reads(page, '/v1/hello', null)).toBe('200');
    for (const path of ['/v1/project', `/v1/replicas/${'b'.repeat(32)}/chunk`, '/', '/pair', '/v1/dashboard']) {
      expect(await reads(page, path, null), path).toBe('nothing');
    }
  });

  it('cannot use the token of a page that was approved', async () => {
    expect(await reads(await open(approved), '/v1/project', token)).toBe('200');
    const page = await open();
    expect(await reads(page, '/v1/project', token)).toBe('nothing');
    expect(await reads(page, '/v1/token', token, 'DELETE')).toBe('nothing');
    expect(await reads(await open(approved), '/v1/project', token)).toBe('200');
  });

  it('cannot guess a token', async () => {
    const page = await open(approved);
    const near = Array.from('0123456789abcdef', (digit) => digit + token.slice(1)).filter((guess) => guess !== token);
    const far = Array.from({ length: 20 }, () =>
      Array.from(token)
        .sort(() => Math.random() - 0.5)
        .join(''),
    );
    for (const guess of [...near, ...far, token.slice(0, -2), `${token}00`, '', 'null']) {
      expect(await reads(page, '/v1/project', guess)).not.toBe('200');
    }
  });

  it('of the same hub, but of another user, gets nothing by the approval of the first', async () => {
    const page = await context.newPage();
    await page.goto(`${approved.https}/page#${encodeURIComponent(laptop.url)}`);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(await reads(page, '/v1/project', null)).not.toBe('200');
    // It has to ask for itself, with a code of its own; the code of the other one is of no use.
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    const code = await page.locator('output.code').textContent();
    const asked = laptop.told.length;
    laptop.type(code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');
    await expect.poll(() => laptop.told.length).toBeGreaterThan(asked);
    expect(laptop.told.slice(asked)).not.toContain('paired');
    expect(await page.locator('body').getAttribute('data-laptop')).toBe('pairing');
    // The first one goes on; the second one only now.
    expect(await reads(await open(approved), '/v1/project', token)).toBe('200');
    laptop.type(code ?? '');
    await page.locator('body[data-laptop="ready"]').waitFor();
    const own = await page.evaluate((url) => sessionStorage.getItem(`notesync:${url}`), laptop.url);
    expect(own).not.toBe(token);
  });

  it('cannot pass for an approved one by a header or in a frame without an origin', async () => {
    const page = await open();
    const outcomes = await page.evaluate(
      async ({ url, approved, bearer }) => {
        const read = `async (more) => {
          try {
            return String((await fetch(${JSON.stringify(url)}, { headers: { authorization: 'Bearer ${bearer}', ...more } })).status);
          } catch {
            return 'nothing';
          }
        }`;
        const here = (0, eval)(read) as (more: object) => Promise<string>;
        const opaque = new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.setAttribute('sandbox', 'allow-scripts');
          frame.allow = 'loopback-network';
          frame.srcdoc = `<script>(${read})({}).then((said) => parent.postMessage(self.origin + ' ' + said, '*'))</script>`;
          addEventListener('message', ({ data }) => {
            resolve(data);
          });
          document.body.append(frame);
        });
        return [await here({ 'x-notesync-opener': approved }), await opaque];
      },
      { url: `${laptop.url}/v1/project`, approved: approved.https, bearer: token },
    );
    expect(outcomes).toEqual(['nothing', 'null nothing']);
  });

  it('that asks through the window cannot answer its own question, though it knows the code', async () => {
    const page = await open();
    const nonce = new Uint8Array(32).fill(7);
    const code = codeOf(commitOf(nonce), evil.https);
    await page.evaluate(
      ({ url, commit }) => {
        const button = document.createElement('button');
        button.textContent = 'ask';
        button.onclick = () => {
          const opened = window.open(`${url}/bridge`, '', 'popup,width=520,height=680');
          const { port1, port2 } = new MessageChannel();
          onmessage = () => {
            onmessage = null;
            opened?.postMessage({ notesync: 'connect', protocol: 1, label: 'x' }, '*', [port2]);
            const body = JSON.stringify({ commit, client: { kind: 'page', label: 'x', machine: '' } });
            const headers = { 'content-type': 'application/json' };
            port1.postMessage({ id: 1, method: 'POST', path: '/v1/pairings', headers, body });
          };
          port1.onmessage = ({ data }: MessageEvent<{ id: number; body?: ArrayBuffer; failed?: string }>) => {
            if (data.id === 1) Object.assign(window, { pairing: new TextDecoder().decode(data.body), port: port1 });
            else document.title = data.failed ?? 'forwarded';
          };
        };
        document.body.append(button);
      },
      { url: laptop.url, commit: commitOf(nonce) },
    );
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: 'ask' }).click();
    const popup = await opening;
    const field = popup.getByLabel('Code that the notebook shows');
    await field.waitFor();
    // Later than the server takes for too soon.
    const patience = { timeout: 10_000 };
    await expect.poll(() => popup.evaluate(() => performance.now()), patience).toBeGreaterThan(2_500);
    const before = laptop.told.length;
    await page.evaluate(
      async ({ url, code }) => {
        const { pairing, port } = window as unknown as { pairing: string; port: MessagePort };
        const path = `/v1/bridge/pairings/${(JSON.parse(pairing) as { pairing: string }).pairing}`;
        const body = JSON.stringify({ allow: true, code });
        const send = (init: RequestInit): Promise<unknown> =>
          fetch(url + path, { method: 'POST', body, ...init }).catch(() => undefined);
        await send({ mode: 'no-cors' });
        await send({ headers: { 'content-type': 'application/json' } });
        navigator.sendBeacon(url + path, body);
        port.postMessage({ id: 2, method: 'POST', path, headers: { 'content-type': 'application/json' }, body });
      },
      { url: laptop.url, code },
    );
    await expect.poll(() => page.title(), patience).toBe('bad_request');
    expect(laptop.told.slice(before)).not.toContain('paired');
    // The code was the right one: who looks at the window and types it, allows it.
    await popup.bringToFront();
    await field.fill(code);
    await popup.mouse.move(50, 50);
    await popup.mouse.move(60, 70);
    await popup.getByRole('button', { name: 'Allow' }).click();
    await expect.poll(() => laptop.told.slice(before), patience).toContain('paired');
  });

  it('cannot ask to be paired by a request that needs no preflight', async () => {
    const page = await open();
    const before = laptop.told.length;
    await page.evaluate(async (url) => {
      const body = JSON.stringify({ commit: 'c'.repeat(64), client: { kind: 'page', label: 'x', machine: '' } });
      await fetch(`${url}/v1/pairings`, { method: 'POST', mode: 'no-cors', body }).catch(() => undefined);
      navigator.sendBeacon(`${url}/v1/pairings`, body);
    }, laptop.url);
    // What it asks properly is told; nothing was before.
    await page.goto(`${hub.site().https}/page#${encodeURIComponent(laptop.url)}`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('output.code').waitFor();
    await expect.poll(() => laptop.told.slice(before)).toEqual(['pairing']);
  });

  it('cannot load what the server has as a script, a style or a picture', async () => {
    const page = await open();
    const outcomes = await page.evaluate(async (url) => {
      const load = (tag: 'script' | 'link' | 'img', path: string): Promise<string> =>
        new Promise((resolve) => {
          const element = document.createElement(tag);
          element.onload = () => {
            resolve(`${tag} loaded ${path}`);
          };
          element.onerror = () => {
            resolve('refused');
          };
          if (element instanceof HTMLLinkElement) {
            element.rel = 'stylesheet';
            element.href = url + path;
          } else {
            element.src = url + path;
          }
          document.head.append(element);
        });
      const paths = ['/v1/hello', '/v1/project', '/bridge.js', '/dashboard.js', '/notesync.css'];
      return Promise.all(paths.flatMap((path) => (['script', 'link', 'img'] as const).map((tag) => load(tag, path))));
    }, laptop.url);
    expect(new Set(outcomes)).toEqual(new Set(['refused']));
  });

  it.each(['/', '/bridge', '/pair', '/v1/hello'])('cannot frame %s', async (path) => {
    const page = await context.newPage();
    await page.goto(`${evil.https}/framed?src=${encodeURIComponent(laptop.url + path)}`);
    await expect.poll(() => page.frames()[1]?.content()).toMatch(/not_found|navigation_refused/);
    expect(await page.frames()[1]?.content()).not.toContain('notesync');
  });

  it.each(['/v1/hello', '/v1/project', '/v1/pairings'])('cannot send the user to %s', async (path) => {
    const page = await open();
    await page.evaluate((url) => {
      location.href = url;
    }, laptop.url + path);
    await page.waitForURL(laptop.url + path);
    expect(await page.locator('body').innerText()).toContain('navigation_refused');
  });

  it('cannot pair by a form', async () => {
    const page = await open();
    await page.evaluate((url) => {
      document.body.innerHTML = `<form method="post" enctype="text/plain" action="${url}"><input name='{"commit":"' value='"}'></form>`;
      document.forms[0]?.submit();
    }, `${laptop.url}/v1/pairings`);
    await page.waitForURL(`${laptop.url}/v1/pairings`);
    expect(await page.locator('body').innerText()).toContain('navigation_refused');
  });

  it('cannot become same-origin by a name that points here', async () => {
    const { port } = new URL(laptop.url);
    const page = await context.newPage();
    await page.goto(`http://rebound.test:${port}/`);
    expect(await page.locator('body').innerText()).toContain('host_refused');
    expect(await page.evaluate(async () => (await fetch('/v1/hello')).status)).toBe(403);
  });

  it.each(['/v1/project', '/v1/socket'])('finds no WebSocket to speak to at %s', async (path) => {
    const page = await open(hub.site());
    const outcome = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => {
            resolve('open');
          };
          socket.onerror = () => {
            resolve('refused');
          };
        }),
      laptop.url.replace('http', 'ws') + path,
    );
    expect(outcome).toBe('refused');
  });

  it.each([
    [
      'of the same hub without the token',
      () => approved,
      () => token.replace(/./, (first) => (first === '0' ? '1' : '0')),
    ],
    ['of another site with it', () => evil, () => token],
  ])('%s hears nothing from the socket', async (_, site, said) => {
    const page = await open(site());
    const heard = await page.evaluate(
      ({ url, token }) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          const heard: unknown[] = [];
          const next = { tree: '0'.repeat(64), wait_ms: 0, inline: 262_144 };
          socket.onopen = () => {
            socket.send(JSON.stringify({ token }));
            socket.send(JSON.stringify({ id: 1, replica: 'b'.repeat(32), next }));
          };
          socket.onmessage = ({ data }) => heard.push(data);
          socket.onclose = () => {
            resolve(heard);
          };
        }),
      { url: `${laptop.url.replace('http', 'ws')}/v1/socket`, token: said() },
    );
    expect(heard).toEqual([]);
  });

  it('cannot script the window that it opened, nor make it ask for another page', async () => {
    const page = await open();
    await page.evaluate((url) => {
      const button = document.createElement('button');
      button.textContent = 'a game';
      button.onclick = () => {
        Object.assign(window, { opened: window.open(`${url}/bridge`) });
      };
      document.body.append(button);
    }, laptop.url);
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: 'a game' }).click();
    const popup = await opening;
    await popup.waitForLoadState();
    const reached = await page.evaluate(
      async (origin) => {
        const { opened } = window as unknown as { opened: Window };
        let document = 'closed';
        try {
          document = opened.document.title;
        } catch {
          // Of another origin.
        }
        const { port1, port2 } = new MessageChannel();
        opened.postMessage({ notesync: 'connect', protocol: 1, label: 'x' }, '*', [port2]);
        const project = await new Promise((resolve) => {
          port1.onmessage = ({ data }) => {
            resolve((data as { status: number }).status);
          };
          const headers = { authorization: `Bearer ${origin.token}`, 'x-notesync-opener': origin.approved };
          port1.postMessage({ id: 1, method: 'GET', path: '/v1/project', headers, body: null });
        });
        return { document, project };
      },
      { token, approved: approved.https },
    );
    expect(reached).toEqual({ document: 'closed', project: 401 });
  });

  it('gets nothing by opening the window under a double click', async () => {
    // More than the page can do: the code is in its field at once. When Allow first works is noted.
    await context.addInitScript(() => {
      new MutationObserver(() => {
        const code = document.querySelector<HTMLInputElement>('[data-role=code]');
        const allow = document.querySelector<HTMLButtonElement>('[data-role=allow]');
        if (code?.value === '') {
          code.value = 'AAAAAA';
          code.dispatchEvent(new Event('input', { bubbles: true }));
        }
        if (allow?.disabled === false) document.body.dataset['allowedAt'] ??= String(performance.now());
      }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] });
    });
    const page = await open();
    await page.evaluate((url) => {
      const button = document.createElement('button');
      button.textContent = 'double click';
      button.onclick = () => {
        const opened = window.open(`${url}/bridge`, '', 'popup,width=520,height=680');
        window.onmessage = () => {
          const { port1, port2 } = new MessageChannel();
          opened?.postMessage({ notesync: 'connect', protocol: 1, label: 'a game' }, '*', [port2]);
          const client = { kind: 'page', label: 'a game', machine: '' };
          const body = JSON.stringify({ commit: 'c'.repeat(64), client });
          const headers = { 'content-type': 'application/json' };
          port1.postMessage({ id: 1, method: 'POST', path: '/v1/pairings', headers, body });
        };
      };
      document.body.append(button);
    }, laptop.url);
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: 'double click' }).click();
    const popup = await opening;
    const allow = popup.getByRole('button', { name: 'Allow' });
    await allow.waitFor();
    const box = await allow.boundingBox();
    if (!box) throw new Error('Allow is not shown');
    // The hand goes on clicking where the page had its own button.
    const now = (): Promise<number> => popup.evaluate(() => performance.now());
    while ((await now()) < 900) await popup.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const message = popup.locator('.ask [role=status]');
    expect(await message.textContent()).toBe('');
    // Who looks at it for a second, with a hand on the mouse, is asked for the right code.
    await popup.mouse.move(box.x + 4, box.y + 4);
    await popup.locator('body[data-allowed-at]').waitFor();
    expect(Number(await popup.locator('body').getAttribute('data-allowed-at'))).toBeGreaterThanOrEqual(1_000);
    await popup.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => message.textContent()).toContain('That is not the code');
  });
});
