import type { Page, WebSocket } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './chromium';
import { startHub, type Hub, type Site } from './hub';
import { startLaptop, type Laptop } from './laptop';

const REPLICA = 'a'.repeat(32);
const EMPTY_TREE = '0'.repeat(64);
const NEXT = { cursor: { epoch: 'f'.repeat(32), sequence: 1 }, tree: EMPTY_TREE, wait_ms: 20_000, inline: 262_144 };

/** What Run asks, from a public page with the permission, at the real server. */
describe('the socket to the laptop', () => {
  let hub: Hub;
  let laptop: Laptop;
  let site: Site;
  let page: Page;
  let close: () => Promise<void>;
  const fetched: string[] = [];

  beforeAll(async () => {
    hub = await startHub();
    laptop = await startLaptop();
    site = hub.site();
    const permission = { origin: site.https, setting: 'granted' } as const;
    const launched = await launch({ space: 'public', permission, ports: [hub.ports.https, hub.ports.http] });
    close = () => launched.close();
    page = await launched.context.newPage();
    page.on('request', (request) => {
      if (request.method() === 'POST') fetched.push(new URL(request.url()).pathname);
    });
  });
  afterAll(async () => {
    await close();
    await laptop.close();
    await hub.close();
  });

  it('is opened once a call with the token was answered, and asked at Run', async () => {
    const opening = new Promise<WebSocket>((opened) => {
      page.on('websocket', (one) =>
        one.once('framesent', () => {
          opened(one);
        }),
      );
    });
    await page.goto(`${site.https}/page#${encodeURIComponent(laptop.url)}`);
    laptop.type((await page.locator('output.code').textContent()) ?? '');
    await page.locator('body[data-laptop=ready]').waitFor();
    await page.evaluate(() => {
      (window as unknown as { asks(id: number, path: string): void }).asks(7, '/v1/project');
    });
    const socket = await opening;
    expect(new URL(socket.url()).pathname).toBe('/v1/socket');
    expect(socket.url()).not.toMatch(/token|\?/);
    const path = `/v1/replicas/${REPLICA}/next`;
    const answer = socket.waitForEvent('framereceived');
    const word = await page.evaluate(
      ([path, json]) =>
        (window as unknown as { runs(id: number, path: string, json: unknown): Promise<unknown> }).runs(1, path, json),
      [path, NEXT] as const,
    );
    await answer;
    // The server has a project, which came along: the kernel was given it.
    expect(word).toMatchObject({ notesync_seen: { cursor: { sequence: 1 } } });
    expect(fetched.filter((each) => each === path)).toHaveLength(1); // The kernel's own.
  });
});
