import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext } from 'playwright-core';
import { launch } from './chromium';

const PICTURES = join(import.meta.dirname, '../../../build/screenshots');
const PANELS = 18;

/** Pictures of every state, to be looked at; and what a screen reader and a narrow window need of them. */
describe('the panel', () => {
  let context: BrowserContext;
  let close: () => Promise<void>;
  let script: string;

  beforeAll(async () => {
    const entryPoints = [join(import.meta.dirname, 'looks.page.ts')];
    const bundle = await build({ entryPoints, bundle: true, format: 'esm', write: false });
    script = bundle.outputFiles[0]?.text ?? '';
    const launched = await launch({ space: 'loopback', ports: [1] });
    context = launched.context;
    close = () => launched.close();
    mkdirSync(PICTURES, { recursive: true });
  });
  afterAll(() => close());

  it.each([
    ['light', '', 420],
    ['dark', '?dark', 420],
    ['narrow', '', 300],
  ])('in %s', async (name, query, width) => {
    const page = await context.newPage();
    await page.setViewportSize({ width, height: 900 });
    await page.route('http://looks.test/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><title>looks</title><body><script type="module">${script}</script>`,
      }),
    );
    await page.goto(`http://looks.test/${query}`);
    await expect.poll(() => page.getByRole('region').count()).toBe(PANELS);
    await page.screenshot({ path: join(PICTURES, `panel-${name}.png`), fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    for (const button of await page.getByRole('button').all()) {
      expect(await button.getAttribute('aria-label')).toBeTruthy();
    }
    expect(await page.getByRole('status').count()).toBeGreaterThanOrEqual(PANELS);
    expect(await page.getByLabel('Pairing code E F Y 2 1 7').textContent()).toBe('EFY217');
    await page.close();
  });
});
