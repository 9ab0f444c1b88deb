import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LaptopError, type LaptopCall } from '../src/laptop/transport';
import type { Surroundings } from '../src/laptop/surroundings';
import type { JsonObject } from '../src/messages';
import { Session, type Laptops } from '../src/session';
import { viewOf } from '../src/view';
import { FakeLaptop, FakeLink, json, settled } from './fakes';

const OFFER = { kernel: 'k', laptop: 'http://127.0.0.1:8765', label: 'nb' };
const NEAR: Surroundings = { near: true, secure: true, delegated: true, permission: 'prompt' };
const PUBLIC: Surroundings = { ...NEAR, near: false };
const REPLICA = 'a'.repeat(32);

/** A server that pairs at once, unless the test says otherwise. */
class Server {
  valid = new Set<string>();
  allow = true;
  protocol = 1;
  error: LaptopError | null = null;

  answer = (call: LaptopCall): { status: number; body: ArrayBuffer } | LaptopError | null => {
    if (this.error) return this.error;
    const reply = (status: number, body: JsonObject): { status: number; body: ArrayBuffer } => ({
      status,
      body: json(body),
    });
    if (call.path === '/v1/hello')
      return reply(200, { notesync: 'server', protocol: this.protocol, version: '0.1.0', capabilities: [] });
    if (call.path === '/v1/pairings') return reply(201, { pairing: 'p', expires_seconds: 120 });
    if (call.path.endsWith('/claim')) {
      if (!this.allow) return null;
      this.valid.add('T');
      return reply(200, { state: 'allowed', token: 'T', project: { name: 'shop' } });
    }
    if (call.token === null || !this.valid.has(call.token)) return reply(401, { error: { code: 'token_unknown' } });
    return call.path === '/v1/project' ? reply(200, { name: 'shop' }) : null;
  };
}

describe('a session', () => {
  let link: FakeLink;
  let server: Server;
  let around: Surroundings;
  let opened: FakeLaptop[];
  let stillOpen: boolean;
  let closePopup: (error: LaptopError) => void;
  let kept: Map<string, string>;
  let session: Session;
  let watched: (string | null)[];
  let ended: () => void;

  beforeEach(() => {
    link = new FakeLink();
    server = new Server();
    around = NEAR;
    opened = [];
    stillOpen = false;
    kept = new Map();
    const make = (leg: 'direct' | 'popup'): FakeLaptop => {
      const laptop = new FakeLaptop(leg);
      laptop.handler = server.answer;
      opened.push(laptop);
      return laptop;
    };
    const laptops: Laptops = {
      lookAround: () => Promise.resolve(around),
      isSeen: () => true,
      direct: () => make('direct'),
      popup: (_laptop, _label, onClosed, how) => {
        closePopup = onClosed;
        if (how === 'adopt' && !stillOpen) return Promise.reject(new LaptopError('popup_closed', 'not there'));
        return Promise.resolve(make('popup'));
      },
    };
    const tokens = {
      get: (laptop: string) => kept.get(laptop) ?? null,
      set: (laptop: string, token: string | null) => {
        if (token === null) kept.delete(laptop);
        else kept.set(laptop, token);
      },
    };
    ended = () => undefined;
    watched = [];
    const presence = {
      hold: (relay: string) => void watched.push(`holds ${relay.length}`),
      letGo: () => void watched.push('lets go'),
      watch: (relay: string | null, gone: () => void) => {
        watched.push(relay);
        ended = gone;
      },
    };
    session = new Session(OFFER, link, laptops, tokens, 'https://hub.example', () => undefined, presence);
    session.start();
  });

  const connect = async (): Promise<void> => {
    link.hello();
    await settled();
  };
  const calls = (): string[] => opened.flatMap((laptop) => laptop.calls.map(({ call }) => call.path));

  it('leaves the laptop alone until the kernel has answered', async () => {
    await settled();
    expect(opened).toEqual([]);
  });

  it('pairs silently from a local page and tells the kernel that requests may come', async () => {
    await connect();
    expect(session.state.laptop).toMatchObject({ is: 'ready', project: { name: 'shop' } });
    expect(link.sent.map(({ data }) => data)).toEqual([
      {
        kind: 'ready',
        project: { name: 'shop' },
        laptop: OFFER.laptop,
        legs: { laptop: 'direct', kernel: 'websocket' },
        why: 'near',
      },
    ]);
  });

  it('does nothing by a timer once it is connected', async () => {
    vi.useFakeTimers();
    await connect();
    expect(session.state.laptop.is).toBe('ready');
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('shows the code while the user has not answered', async () => {
    server.allow = false;
    await connect();
    expect(session.state.laptop.is).toBe('pairing');
    expect(link.sent).toEqual([]);
  });

  it('never gives the token to the kernel', async () => {
    await connect();
    link.says({ kind: 'request', id: 1, method: 'GET', path: '/v1/project', json: null });
    await settled();
    expect(JSON.stringify(link.sent.map(({ data }) => data))).not.toContain('"T"');
  });

  it('uses an earlier token without pairing again', async () => {
    kept.set(OFFER.laptop, 'T0');
    server.valid.add('T0');
    server.allow = false;
    await connect();
    expect(session.state.laptop.is).toBe('ready');
  });

  it('forgets an earlier token that no longer opens the door, and pairs', async () => {
    kept.set(OFFER.laptop, 'old');
    await connect();
    expect(session.state.laptop.is).toBe('ready');
    expect(kept.get(OFFER.laptop)).toBe('T');
  });

  it('waits for the click on a public page, and then tries once', async () => {
    around = PUBLIC;
    await connect();
    expect(opened).toEqual([]);
    expect(session.state.laptop).toMatchObject({ is: 'idle', choice: { why: 'prompt' } });
    session.press('connect');
    await settled();
    expect(opened.map(({ leg }) => leg)).toEqual(['direct']);
    expect(session.state.laptop.is).toBe('ready');
  });

  it('opens the window within the click itself', async () => {
    around = { ...PUBLIC, permission: 'denied' };
    await connect();
    session.press('connect');
    expect(opened.map(({ leg }) => leg)).toEqual(['popup']);
    await settled();
    expect(session.state.legs.laptop).toBe('popup');
  });

  it('stops asking the browser after a refusal, however often the kernel says hello', async () => {
    around = { ...PUBLIC, permission: 'prompt' };
    await connect();
    server.error = new LaptopError('permission_refused', 'no');
    session.press('connect');
    await settled();
    link.hello();
    link.loses('connection');
    link.hello();
    await settled();
    expect(opened).toHaveLength(1);
    expect(session.state.laptop).toMatchObject({ is: 'failed', code: 'permission_refused' });
  });

  it('says that the window was closed, and fails the calls that were in it', async () => {
    around = { ...PUBLIC, permission: 'denied' };
    await connect();
    session.press('popup');
    await settled();
    const next = { kind: 'request', method: 'POST', path: `/v1/replicas/${REPLICA}/next`, json: { wait_ms: 25_000 } };
    link.says({ ...next, id: 5 });
    closePopup(new LaptopError('popup_closed', 'closed'));
    link.says({ ...next, id: 6 });
    await settled();
    expect(session.state.laptop).toMatchObject({ is: 'failed', code: 'popup_closed' });
    expect(link.sent.slice(-2).map(({ data }) => data['code'])).toEqual(['popup_closed', 'popup_closed']);
  });

  it('takes up the window that is still open after a reload of the page, without a click', async () => {
    around = { ...PUBLIC, permission: 'denied' };
    kept.set(OFFER.laptop, 'T');
    server.valid.add('T');
    stillOpen = true;
    await connect();
    expect(session.state.laptop.is).toBe('ready');
    expect(session.state.legs.laptop).toBe('popup');
  });

  it('asks for a click where the window is gone after a reload', async () => {
    around = { ...PUBLIC, permission: 'denied' };
    kept.set(OFFER.laptop, 'T');
    await connect();
    expect(session.state.laptop).toMatchObject({ is: 'idle', choice: { onClick: 'popup' } });
  });

  it('stays ready while the laptop is away, and goes on when it is back', async () => {
    await connect();
    server.error = new LaptopError('laptop_unreachable', 'down');
    link.says({ kind: 'request', id: 1, method: 'GET', path: '/v1/project', json: null });
    await settled();
    expect(session.state.laptop).toMatchObject({ is: 'ready', away: true });
    expect(link.kinds()).toEqual(['ready', 'failed']);
    server.error = null;
    link.says({ kind: 'request', id: 2, method: 'GET', path: '/v1/project', json: null });
    await settled();
    expect(session.state.laptop).toMatchObject({ is: 'ready', away: false });
  });

  it('asks for a new pairing when the token is gone', async () => {
    await connect();
    server.valid.clear();
    link.says({ kind: 'request', id: 1, method: 'GET', path: '/v1/project', json: null });
    await settled();
    expect(link.kinds()).toEqual(['ready', 'response', 'unpaired']);
    expect(session.state.laptop).toMatchObject({ is: 'failed', code: 'token_unknown' });
    expect(kept.size).toBe(0);
    session.press('connect');
    await settled();
    expect(session.state.laptop.is).toBe('ready');
  });

  it('drops the open calls when the kernel connection breaks, and offers itself again when it is back', async () => {
    await connect();
    link.says({ kind: 'request', id: 1, method: 'POST', path: `/v1/replicas/${REPLICA}/next`, json: {} });
    expect(calls()).toEqual([`/v1/replicas/${REPLICA}/next`]);
    link.loses('connection');
    expect(opened[0]?.calls[0]?.signal.aborted).toBe(true);
    await connect();
    expect(link.kinds()).toEqual(['ready', 'ready']);
    expect(opened).toHaveLength(1);
  });

  it('stands by when it is told to, without offering itself again, and takes over when it is asked', async () => {
    await connect();
    const role = (name: string): void => {
      link.says({ kind: 'hello', notesync: 'kernel', protocol: 1, version: '0.1.0', capabilities: [], role: name });
    };
    role('standby');
    role('standby');
    await settled();
    expect(link.kinds()).toEqual(['ready']);
    expect(session.state.kernel).toEqual({ is: 'open', role: 'standby' });
    role('carrier');
    role('carrier');
    expect(link.kinds()).toEqual(['ready', 'ready']);
  });

  describe('that stands by', () => {
    const role = (name: string, carrier: string | null): void => {
      const hello = { kind: 'hello', notesync: 'kernel', protocol: 1, version: '0.1.0', capabilities: [] };
      link.says({ ...hello, role: name, carrier });
    };
    const told = (state: string): void => {
      link.says({ kind: 'status', state, line: `notesync: shop: ${state}`, sequence: 7 });
    };
    const shown = (): string => viewOf(session.state).line;

    beforeEach(async () => {
      await connect();
      told('current');
      role('standby', 'other');
    });

    it('watches the page that carries, and tells the kernel and the user at once when that one ends', () => {
      expect(watched).toEqual(['holds 32', null, 'other']);
      ended();
      expect(link.sent.at(-1)?.data).toEqual({ kind: 'gone', relay: 'other' });
      expect(session.state.takesOver).toBe(true);
    });

    it('is up to date again only when the kernel says so', () => {
      role('carrier', null);
      expect(shown()).toMatch(/takes over/);
      told('away');
      told('connecting');
      expect(shown()).toMatch(/takes over/);
      told('current');
      expect(shown()).toBe('shop: current');
    });

    it('watches nobody once it carries, and lets go when it ends', () => {
      role('carrier', null);
      session.stop();
      expect(watched.slice(-2)).toEqual([null, 'lets go']);
    });
  });

  it('answers the kernel that wonders whether it is still there', async () => {
    await connect();
    link.says({ kind: 'ping' });
    expect(link.sent.at(-1)?.data).toEqual({ kind: 'pong' });
  });

  it('names both protocols and the part to upgrade', async () => {
    server.protocol = 2;
    await connect();
    expect(session.state.laptop).toMatchObject({
      is: 'failed',
      code: 'protocol_mismatch',
      message: 'the laptop speaks notesync protocol 2, this notebook 1: upgrade notesync in the notebook',
    });
  });

  it('answers a malformed request instead of leaving it open', async () => {
    await connect();
    link.says({ kind: 'request', id: 3, method: 7, path: '/v1/project', json: null });
    expect(link.sent.at(-1)?.data).toMatchObject({ kind: 'failed', id: 3, code: 'bad_request' });
    link.says({ kind: 'from the future', id: 4 });
  });

  describe('before a cell runs', () => {
    const CURSOR = { epoch: 'e', sequence: 7 };
    let newest: string;

    beforeEach(async () => {
      newest = 'current';
      const paired = server.answer;
      server.answer = (call) => {
        const asked = call.body && 'json' in call.body ? (call.body.json as JsonObject) : {};
        if (!call.path.endsWith('/next') || asked['fresh'] !== true) return paired(call);
        const head = new TextEncoder().encode(JSON.stringify({ state: newest }));
        return { status: 200, body: Uint8Array.from([0, 0, 0, head.length, ...head]).buffer };
      };
      await connect();
      for (const laptop of opened) laptop.handler = server.answer;
      link.says({
        kind: 'request',
        id: 1,
        method: 'POST',
        path: `/v1/replicas/${REPLICA}/next`,
        json: { cursor: CURSOR },
      });
    });

    it('knows from the laptop alone that nothing is newer', async () => {
      await expect(session.atRun.ask(1_000)).resolves.toEqual({ notesync_seen: { relay: link.relay, cursor: CURSOR } });
      expect(link.kinds()).toEqual(['ready']);
    });

    it('lets the kernel bring what is newer, and waits for it', async () => {
      newest = 'batch';
      const held = session.atRun.ask(1_000);
      await settled();
      const { kind, id } = link.sent.at(-1)?.data ?? {};
      expect(kind).toBe('ask');
      link.says({ kind: 'answer', id: id ?? 0, sequence: 8, newer: false });
      await expect(held).resolves.toBeNull();
      expect(session.state.ranOnOlder).toBe(false);
    });

    it('says so when that takes too long', async () => {
      newest = 'batch';
      await expect(session.atRun.ask(20)).resolves.toBeNull();
      expect(session.state.ranOnOlder).toBe(true);
      newest = 'current';
      await session.atRun.ask(1_000);
      expect(session.state.ranOnOlder).toBe(false);
    });

    it.each([
      ['at a known rate', [0, 1_000_000], 9_000_000],
      ['at a rate that nobody knows yet', [0], 9_000_000],
    ])('does not wait for what cannot come in time, %s', async (_, received, total) => {
      newest = 'batch';
      const clock = vi.spyOn(performance, 'now');
      for (const [step, bytes] of received.entries()) {
        clock.mockReturnValue(step * 4_000);
        link.says({ kind: 'status', progress: { received: bytes, total } });
      }
      clock.mockRestore();
      await expect(session.atRun.ask(10_000)).resolves.toBeNull();
      expect(link.kinds()).not.toContain('ask');
      expect(session.state.ranOnOlder).toBe(true);
    });

    it('leaves the waiting to a kernel that can ask while its cell begins', async () => {
      newest = 'batch';
      link.besideCells = true;
      await expect(session.atRun.ask(60_000)).resolves.toBeNull();
      expect(link.kinds()).not.toContain('ask');
    });

    it('does not vouch for anything while the kernel is fetching', async () => {
      link.says({ kind: 'cancel', id: 1 });
      link.besideCells = true;
      await expect(session.atRun.ask(1_000)).resolves.toBeNull();
    });
  });

  it('does not hold anything while it is not connected', async () => {
    await expect(session.atRun.ask(60_000)).resolves.toBeNull();
    expect(link.sent).toEqual([]);
  });

  it('pauses with a bye and comes back with an open of its own', async () => {
    await connect();
    session.press('pause');
    link.says({ kind: 'request', id: 1, method: 'GET', path: '/v1/project', json: null });
    await settled();
    expect(link.kinds()).toEqual(['ready', 'bye']);
    session.press('resume');
    expect(link.woken).toBe(1);
    await connect();
    expect(link.kinds()).toEqual(['ready', 'bye', 'ready']);
  });

  it('follows the kernel to another laptop address', async () => {
    await connect();
    link.hello({ laptop: 'http://127.0.0.1:9999' });
    await settled();
    session.wake({ ...OFFER, guessed: true }); // Another view of the notebook was opened, or another kernel knows nothing.
    link.hello({ laptop: null });
    expect(session.state.laptopUrl).toBe('http://127.0.0.1:9999');
    expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('lets go of everything when the page goes', async () => {
    await connect();
    session.stop();
    expect(link.kinds()).toEqual(['ready', 'bye']);
    expect([link.stopped, opened[0]?.closed]).toEqual([true, true]);
  });
});
