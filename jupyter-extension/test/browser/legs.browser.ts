import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, type Given } from './chromium';
import { withDisplay } from './display';
import { startHub, type Hub, type Site } from './hub';
import { startLaptop, type Laptop } from './laptop';

let hub: Hub;
let laptop: Laptop;
let closeBrowser: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  hub = await startHub();
  laptop = await startLaptop();
});
afterEach(async () => {
  await closeBrowser();
});
afterAll(async () => {
  await laptop.close();
  await hub.close();
});

/** A hosted page that is open, as the user sees it. */
interface Shown {
  context: BrowserContext;
  page: Page;
  frame: Frame;
  /** How often the page itself tried to reach the laptop. */
  tries(): number;
  line(text: RegExp): Promise<void>;
  press(button: string): Promise<void>;
}

type Permission = 'granted' | 'blocked' | 'not asked';

async function show(
  space: Given['space'],
  setting: Permission,
  path: (site: Site) => string,
  headless = true,
): Promise<Shown> {
  const site = hub.site();
  const permission = setting === 'not asked' ? undefined : { origin: site.https, setting };
  const launched = await launch({ space, permission, headless, ports: [hub.ports.https, hub.ports.http] });
  const { context } = launched;
  closeBrowser = () => launched.close();
  const page = context.pages()[0] ?? (await context.newPage());
  let tries = 0;
  page.on('request', (request) => {
    if (request.url().startsWith(laptop.url) && request.method() !== 'OPTIONS') tries += 1;
  });
  await page.goto(`${path(site)}#${encodeURIComponent(laptop.url)}`);
  const framed = page.locator('iframe');
  const frame = (await framed.count()) > 0 ? await contentOf(framed) : page.mainFrame();
  if (!frame) throw new Error('the page has no frame');
  return {
    context,
    page,
    frame,
    tries: () => tries,
    line: (text) => frame.locator('p.line', { hasText: text }).waitFor(),
    press: (button) => frame.getByRole('button', { name: button, exact: true }).click(),
  };
}

async function contentOf(framed: Locator): Promise<Frame | null> {
  return (await framed.elementHandle({ timeout: 5_000 })).contentFrame();
}

/** What the user does with the code: types it in the terminal, or in the notesync window where that asks for it. */
async function approve(shown: Shown, leg: 'direct' | 'popup'): Promise<void> {
  const code = (await shown.frame.locator('output.code').textContent()) ?? '';
  if (leg === 'direct') {
    laptop.type(code);
    return;
  }
  const popup = shown.context.pages().find((page) => page.url() === `${laptop.url}/bridge`);
  if (!popup) throw new Error('there is no notesync window');
  await popup.getByLabel('Code that the notebook shows').fill(code);
  await popup.bringToFront();
  await popup.mouse.move(100, 100);
  await popup.mouse.move(120, 140);
  await popup.getByRole('button', { name: 'Allow' }).click();
}

/** Pairs, then lets the kernel ask for the project, and sees the laptop's answer. */
async function pairsAndCarries(shown: Shown, leg: 'direct' | 'popup'): Promise<void> {
  await approve(shown, leg);
  await shown.frame.locator('body[data-laptop="ready"]').waitFor();
  expect(await shown.frame.locator('body').getAttribute('data-leg')).toBe(leg);
  await carries(shown, 7);
}

async function carries(shown: Shown, call: number): Promise<void> {
  await shown.frame.evaluate((id) => {
    (window as unknown as { asks(id: number, path: string): void }).asks(id, '/v1/project');
  }, call);
  const got = (): Promise<{ kind: string; id?: number; status?: number; body: string | null }[]> =>
    shown.frame.evaluate(() => (window as unknown as { got(): [] }).got());
  await expect.poll(async () => (await got()).find(({ id }) => id === call)?.status).toBe(200);
  expect((await got()).find(({ id }) => id === call)?.body).toContain('"name"');
}

const https =
  (query = '') =>
  (site: Site): string =>
    `${site.https}/page${query}`;
const framed =
  (query: string, src = '') =>
  (site: Site): string =>
    `${site.https}/framed?src=${encodeURIComponent(`${site.frame}/page${src}`)}${query}`;

describe('a page from a public address', () => {
  it('connects by itself where the user once allowed it', async () => {
    const shown = await show('public', 'granted', https());
    await shown.line(/Type this code/);
    await pairsAndCarries(shown, 'direct');
  });

  it('asks for leave once for a path, and not before each call', async () => {
    const shown = await show('public', 'granted', https());
    await shown.line(/Type this code/);
    await pairsAndCarries(shown, 'direct');
    const seen: string[] = [];
    const watch = await shown.context.newCDPSession(shown.page);
    watch.on('Network.requestWillBeSent', ({ request }) => seen.push(`${request.method} ${request.url}`));
    await watch.send('Network.enable');
    await carries(shown, 8);
    await carries(shown, 9);
    expect(seen).toEqual([8, 9].map(() => `GET ${laptop.url}/v1/project`));
  });

  it('asks nothing by itself, tries once on the click, and offers the window after the refusal', async () => {
    const shown = await show('public', 'not asked', https());
    await shown.line(/Your browser will ask/);
    expect(shown.tries()).toBe(0);
    await shown.press('Connect');
    await shown.line(/refused/);
    expect(shown.tries()).toBe(1);
    await shown.press('Connect through a window');
    await shown.line(/Type this code/);
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(1);
  });

  it('asks the browser no second time, however often the kernel comes back', async () => {
    const shown = await show('public', 'not asked', https());
    await shown.press('Connect');
    await shown.line(/refused/);
    await shown.frame.evaluate(async () => {
      for (let time = 0; time < 20; time++) {
        (window as unknown as { hello(): void }).hello();
        await new Promise((done) => requestAnimationFrame(done));
      }
    });
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(1);
  });

  it('uses the window without a try where the user has blocked it', async () => {
    const shown = await show('public', 'blocked', https());
    await shown.line(/does not let this site/);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(0);
  });

  it('uses the window on plain http, where nothing can be allowed', async () => {
    const shown = await show('public', 'not asked', (site) => `${site.http}/page`);
    await shown.line(/not https.*small window/);
    expect(shown.tries()).toBe(1);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(1);
  });
});

describe('a page from a private address', () => {
  it('connects directly on the click, without a question', async () => {
    const shown = await show('local', 'not asked', https());
    await shown.press('Connect');
    await pairsAndCarries(shown, 'direct');
  });

  it('connects by itself on plain http', async () => {
    const shown = await show('local', 'not asked', (site) => `${site.http}/page`);
    await pairsAndCarries(shown, 'direct');
  });
});

describe('an output frame of the page’s own origin', () => {
  const own = (site: Site): string => `${site.https}/framed?src=${encodeURIComponent(`${site.https}/page`)}`;

  it('connects by itself where the page is allowed', async () => {
    await pairsAndCarries(await show('public', 'granted', own), 'direct');
  });

  it('uses the window where it is not', async () => {
    const shown = await show('public', 'blocked', own);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(0);
  });
});

describe('an output frame of another origin', () => {
  it('uses the window where it was not delegated, even if the page is allowed', async () => {
    const shown = await show('public', 'granted', framed(''));
    await shown.line(/This output may not reach/);
    expect(shown.tries()).toBe(0);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });

  it('connects by itself where it was delegated and the page is allowed', async () => {
    const shown = await show('public', 'granted', framed('&allow=loopback-network'));
    await pairsAndCarries(shown, 'direct');
  });

  it('uses the window where it was delegated and the page is blocked', async () => {
    const shown = await show('public', 'blocked', framed('&allow=loopback-network'));
    await shown.line(/does not let this site/);
    expect(shown.tries()).toBe(0);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });

  it('uses the window in a page on plain http', async () => {
    const shown = await show('public', 'not asked', (site) => {
      const src = encodeURIComponent(
        `${site.frame.replace('https', 'http').replace(/\d+$/, new URL(site.http).port)}/page`,
      );
      return `${site.http}/framed?src=${src}`;
    });
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });

  it('uses the window in a page from a private address', async () => {
    const shown = await show('local', 'not asked', framed(''));
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });

  it('connects by itself from a sandbox without an origin, where it was delegated and the page is allowed', async () => {
    const shown = await show('public', 'granted', framed('&allow=loopback-network&sandbox=allow-scripts'));
    await pairsAndCarries(shown, 'direct');
  });

  it('uses the window from a sandbox that has no origin of its own', async () => {
    const sandbox = '&sandbox=allow-scripts%20allow-popups%20allow-popups-to-escape-sandbox';
    const shown = await show('public', 'not asked', framed(sandbox));
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });

  it('says so at once where the sandbox locks its windows in, and a locked window says so too', async () => {
    const shown = await show('public', 'not asked', framed('&sandbox=allow-scripts%20allow-popups'));
    const opening = shown.context.waitForEvent('page');
    await shown.press('Connect through a window');
    await shown.frame.locator('p.line', { hasText: /locks in the windows/ }).waitFor({ timeout: 5_000 });
    await (await opening).getByText('This window cannot help').waitFor();
  });

  it('says so where the sandbox forbids windows', async () => {
    const shown = await show('public', 'not asked', framed('&sandbox=allow-scripts%20allow-same-origin'));
    await shown.press('Connect through a window');
    await shown.line(/could not be opened/);
  });
});

describe('a page with a policy of its own', () => {
  const COOP = '?header=Cross-Origin-Opener-Policy:';

  it.each(['same-origin-allow-popups', 'noopener-allow-popups', 'restrict-properties'])(
    'keeps its window under COOP %s',
    async (policy) => {
      const shown = await show('public', 'blocked', https(COOP + policy));
      await shown.press('Connect through a window');
      await pairsAndCarries(shown, 'popup');
    },
  );

  it('connects directly under COOP same-origin', async () => {
    const shown = await show('public', 'granted', https(`${COOP}same-origin`));
    await pairsAndCarries(shown, 'direct');
  });

  it('says so where a CSP of the page forbids windows', async () => {
    const csp = '?header=Content-Security-Policy:sandbox allow-scripts allow-same-origin';
    const shown = await show('public', 'blocked', https(csp));
    await shown.press('Connect through a window');
    await shown.line(/could not be opened/);
  });

  it('uses the window under a Permissions-Policy that forbids to ask, even where the user allowed it', async () => {
    const shown = await show('public', 'granted', https('?header=Permissions-Policy:loopback-network=()'));
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    expect(shown.tries()).toBe(0);
  });

  it('connects directly when it is cross-origin isolated', async () => {
    const isolated = `${COOP}same-origin&header=Cross-Origin-Embedder-Policy:require-corp`;
    const shown = await show('public', 'granted', https(isolated));
    await pairsAndCarries(shown, 'direct');
    expect(await shown.frame.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it('says so where COOP same-origin cuts the window off', async () => {
    const shown = await show('public', 'blocked', https(`${COOP}same-origin`));
    await shown.press('Connect through a window');
    await shown.line(/cuts the window off.*site settings/);
    // Not yet allowed: it is tried once on the click, and said again.
    await shown.press('Connect');
    await shown.line(/refused/);
    expect(shown.tries()).toBe(1);
  });

  it('uses the window under a CSP that forbids requests', async () => {
    const csp = "?header=Content-Security-Policy:connect-src 'self'; frame-src 'self'";
    const shown = await show('public', 'granted', https(csp));
    await shown.line(/No notesync answers/);
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
  });
});

describe('the window', () => {
  it('is missed when it is closed, and comes back with one click and without a new code', async () => {
    const shown = await show('public', 'blocked', https());
    const opening = shown.context.waitForEvent('page');
    await shown.press('Connect through a window');
    const popup = await opening;
    await pairsAndCarries(shown, 'popup');
    await popup.close();
    await shown.line(/Keep it open/);
    await shown.press('Connect through a window');
    await shown.frame.locator('body[data-laptop="ready"]').waitFor();
  });

  it('is taken up again by the page after a reload, without a click', async () => {
    const shown = await show('public', 'blocked', https());
    await shown.press('Connect through a window');
    await pairsAndCarries(shown, 'popup');
    await shown.page.reload();
    await shown.frame.locator('body[data-laptop="ready"]').waitFor();
    expect(await shown.frame.locator('body').getAttribute('data-leg')).toBe('popup');
    expect(shown.context.pages()).toHaveLength(2);
  });
});

describe('a Colab output', () => {
  const sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
  const output =
    (query = '') =>
    (site: Site): string => {
      const src = encodeURIComponent(`${site.frame}/colab${query}`);
      return `${site.https}/framed?src=${src}&sandbox=${encodeURIComponent(sandbox)}`;
    };
  const heard = (shown: Shown): Promise<{ target: string; data: Record<string, unknown>; bytes: number }[]> =>
    shown.frame.evaluate(() => (window as unknown as { got(): [] }).got());

  it('pairs through the window and carries over the comms of its frame', async () => {
    const shown = await show('public', 'not asked', output());
    await shown.press('Connect through a window');
    await shown.line(/Type this code/);
    await approve(shown, 'popup');
    await expect.poll(async () => (await heard(shown)).at(-1)?.data['kind']).toBe('response');
    const [first, second] = await heard(shown);
    expect([first?.target, second?.target]).toEqual(['notesync.from_kernel', 'notesync.to_kernel']);
    expect(first?.data).toMatchObject({ notesync: 'relay', legs: { kernel: 'host' } });
    expect((await heard(shown)).at(-1)).toMatchObject({ data: { id: 7, status: 200 } });
    expect((await heard(shown)).at(-1)?.bytes).toBeGreaterThan(20);
  });

  it('says that the cell has to be run again where it is of an earlier session', async () => {
    const shown = await show('public', 'not asked', output('?again'));
    await shown.frame.getByText('%notesync connect').waitFor();
    expect(await heard(shown)).toEqual([]);
  });
});

const closeIt = (): Promise<void> => closeBrowser();

describe.skipIf(!existsSync('/usr/bin/Xvfb'))('the browser’s question', () => {
  it('may stay open: the window works beside it', async () => {
    await withDisplay(closeIt, async () => {
      const shown = await asked();
      await shown.press('Connect through a window');
      await pairsAndCarries(shown, 'popup');
      expect(shown.tries()).toBe(1);
    });
  });

  describe.skipIf(!existsSync('/usr/bin/xdotool'))('answered by a hand on the mouse', () => {
    it('with Allow: the page itself goes on, and connects by itself from then on', async () => {
      await withDisplay(closeIt, async () => {
        const shown = await asked();
        await answer(shown, 'Allow');
        await shown.line(/Type this code/);
        await pairsAndCarries(shown, 'direct');
        await shown.page.reload();
        await shown.frame.locator('body[data-laptop="ready"]').waitFor();
      });
    });

    it('with Block: the page says so at once, and offers the window', async () => {
      await withDisplay(closeIt, async () => {
        const shown = await asked();
        await answer(shown, 'Block');
        await shown.line(/Your browser refused/);
        expect(shown.tries()).toBe(1);
        await shown.press('Connect through a window');
        await shown.line(/Type this code/);
        await pairsAndCarries(shown, 'popup');
      });
    });
  });
});

/** A page that has tried, so that the browser asks its user. */
async function asked(): Promise<Shown> {
  const shown = await show('public', 'not asked', https(), false);
  await shown.press('Connect');
  await shown.frame.getByText('If your browser asks').waitFor();
  return shown;
}

/** Where Chromium 156 shows the buttons of its question, with a name in one line or two, and no window manager. */
const BUTTONS = { Block: [317, 239], Allow: [395, 239] } as const;

/** Presses a button of the browser itself, which no page and no automation reaches. It takes no click at first. */
async function answer(shown: Shown, button: keyof typeof BUTTONS): Promise<void> {
  const [x, y] = BUTTONS[button];
  const asks = (): Promise<boolean> =>
    shown.page.evaluate(async () => {
      const name = 'loopback-network' as PermissionName;
      return (await navigator.permissions.query({ name })).state === 'prompt';
    });
  const click = async (): Promise<boolean> => {
    execFileSync('xdotool', ['mousemove', String(x), String(y), 'click', '1']);
    return asks();
  };
  await expect.poll(click, { timeout: 15_000, interval: 700 }).toBe(false);
}
