import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './chromium';
import { startHub, type Hub } from './hub';
import { startLaptop, type Laptop } from './laptop';

const PICTURES = join(import.meta.dirname, '../../../build/screenshots');

/** The notesync window as the user meets it, with pictures of each state. */
describe('the notesync window', () => {
  let hub: Hub;
  let laptop: Laptop;
  let context: BrowserContext;
  let close: () => Promise<void>;

  beforeAll(async () => {
    hub = await startHub();
    laptop = await startLaptop();
    const launched = await launch({ space: 'public', ports: [hub.ports.https, hub.ports.http] });
    context = launched.context;
    close = () => launched.close();
    mkdirSync(PICTURES, { recursive: true });
  });
  afterAll(async () => {
    await close();
    await laptop.close();
    await hub.close();
  });

  async function picture(window: Page, name: string): Promise<void> {
    for (const [look, colorScheme, width] of [
      ['light', 'light', 520],
      ['dark', 'dark', 520],
      ['narrow', 'light', 320],
    ] as const) {
      await window.emulateMedia({ colorScheme });
      await window.setViewportSize({ width, height: 680 });
      await window.screenshot({ path: join(PICTURES, `window-${name}-${look}.png`), fullPage: true });
      expect(await window.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await window.emulateMedia({ colorScheme: null });
  }

  /** A page, and the window that its button has opened. */
  async function opened(): Promise<{ page: Page; window: Page }> {
    const page = await context.newPage();
    await page.goto(`${hub.site().http}/page#${encodeURIComponent(laptop.url)}`);
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Connect through a window' }).click();
    const window = await opening;
    return { page, window };
  }

  /** A page that is connected through its window. */
  async function connected(): Promise<{ page: Page; window: Page }> {
    const { page, window } = await opened();
    await window.locator('.ask').waitFor();
    await window.bringToFront();
    await window
      .getByLabel('Code that the notebook shows')
      .fill((await page.locator('output.code').textContent()) ?? '');
    await window.mouse.move(100, 100);
    await window.mouse.move(120, 140);
    await window.getByRole('button', { name: 'Allow' }).click();
    await page.locator('body[data-laptop="ready"]').waitFor();
    return { page, window };
  }

  it('says who asks for what, what is wrong with a code, and that it is connected', async () => {
    const { page, window } = await opened();
    const asks = window.locator('.ask');
    await asks.waitFor();
    for (const told of ['shop.ipynb', new URL(page.url()).origin, laptop.folder, '12 hours']) {
      expect(await asks.innerText()).toContain(told);
    }
    await picture(window, 'asks');
    await window.bringToFront();
    const code = window.getByLabel('Code that the notebook shows');
    const allow = window.getByRole('button', { name: 'Allow' });
    await code.fill('AAAAAA');
    await window.mouse.move(100, 100);
    await window.mouse.move(120, 140);
    await allow.click();
    await asks.getByText('That is not the code').waitFor();
    await picture(window, 'wrong');
    await code.fill((await page.locator('output.code').textContent()) ?? '');
    await allow.click();
    await window.getByRole('heading', { name: 'Connected' }).waitFor();
    await asks.waitFor({ state: 'detached' });
    await window.getByText('Carried').waitFor();
    await picture(window, 'connected');
    await window.close();
  });

  it('is shared by the notebooks of a page, and goes with the page', async () => {
    const { page, window } = await connected();
    await page.evaluate('another()');
    await page.locator('body[data-second="ready"]').waitFor();
    await window.getByText('shop.ipynb, other.ipynb').waitFor();
    expect(await page.locator('body').getAttribute('data-laptop')).toBe('ready');
    await page.evaluate('asks(7, "/v1/project"); leaves()');
    await page.waitForFunction('got().some(({ id, status }) => id === 7 && status === 200)');
    await window.getByText('shop.ipynb', { exact: true }).waitFor();
    await Promise.all([window.waitForEvent('close'), page.close()]);
  });

  it('belongs to one tab, also where one has opened the other', async () => {
    const { page, window } = await connected();
    const opening = page.waitForEvent('popup');
    await page.evaluate('open(location.href)');
    const tab = await opening;
    const second = context.waitForEvent('page');
    await tab.getByRole('button', { name: 'Connect through a window' }).click();
    await (await second).waitForLoadState();
    expect(await page.locator('body').getAttribute('data-laptop')).toBe('ready');
    await Promise.all([window.close(), (await second).close(), tab.close(), page.close()]);
  });

  it('says that it is of no use by itself', async () => {
    const window = await context.newPage();
    await window.goto(`${laptop.url}/bridge`);
    await window.getByRole('heading', { name: 'Nothing to carry' }).waitFor();
    await picture(window, 'alone');
  });

  it('says that it is locked in', async () => {
    const page = await context.newPage();
    const site = hub.site();
    const src = encodeURIComponent(`${site.frame}/page`);
    const sandbox = 'sandbox=allow-scripts%20allow-popups';
    await page.goto(`${site.https}/framed?src=${src}&${sandbox}#${encodeURIComponent(laptop.url)}`);
    const opening = context.waitForEvent('page');
    await page.frameLocator('iframe').getByRole('button', { name: 'Connect through a window' }).click();
    const window = await opening;
    await window.getByRole('heading', { name: 'This window cannot help' }).waitFor();
    await picture(window, 'locked-in');
  });

  it('says that the server is gone', async () => {
    const { window } = await opened();
    await window.locator('.ask').waitFor();
    await laptop.close();
    await window.bringToFront();
    await window.getByLabel('Code that the notebook shows').fill('AAAAAA');
    await window.mouse.move(100, 100);
    await window.mouse.move(120, 140);
    await window.getByRole('button', { name: 'Allow' }).click();
    await window.getByRole('heading', { name: 'The server does not answer' }).waitFor();
    await picture(window, 'gone');
  });
});
