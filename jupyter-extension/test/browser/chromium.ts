import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export interface Given {
  /** The address space of the hub's ports. */
  space: 'public' | 'local' | 'loopback';
  /** What the user once answered for an origin; without it headless Chromium refuses what would make it ask. */
  permission?: { origin: string; setting: 'granted' | 'blocked' } | undefined;
  ports: number[];
  headless?: boolean;
}

/**
 * A real Chromium with Local Network Access as it is. Granted by the profile: the grant of the automation would bypass
 * the Permissions-Policy of frames. Pop-ups are blocked unless a click opens them, as for a user.
 */
export async function launch(given: Given): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'notesync-profile-'));
  if (given.permission) {
    const { origin, setting } = given.permission;
    const exception = { last_modified: '13400000000000000', setting: setting === 'granted' ? 1 : 2 };
    const exceptions = { loopback_network: { [`${origin},*`]: exception } };
    mkdirSync(join(profile, 'Default'));
    const preferences = { profile: { content_settings: { exceptions } } };
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  const spaces = given.ports.map((port) => `127.0.0.1:${port}=${given.space}`).join(',');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['NOTESYNC_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: given.headless ?? true,
    ignoreHTTPSErrors: true,
    ignoreDefaultArgs: ['--disable-popup-blocking'],
    args: [...FLAGS.split(' '), `--ip-address-space-overrides=${spaces}`, '--host-resolver-rules=MAP *.test 127.0.0.1'],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
