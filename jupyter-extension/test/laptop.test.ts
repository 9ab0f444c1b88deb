import { describe, expect, it } from 'vitest';
import { DirectLaptop } from '../src/laptop/direct';
import { chooseLeg } from '../src/laptop/legs';
import { isLoopback, isNear, lookAround, type Surroundings } from '../src/laptop/surroundings';
import { jsonOf, type LaptopCall } from '../src/laptop/transport';

const PUBLIC: Surroundings = { near: false, secure: true, delegated: true, permission: 'prompt' };
const HELLO: LaptopCall = { method: 'GET', path: '/v1/hello', token: null, body: null };
const never = new AbortController().signal;

describe('the table of laptop legs', () => {
  it.each<[string, Partial<Surroundings>, ReturnType<typeof chooseLeg>['silently'], string, string]>([
    ['a local page', { near: true }, 'direct', 'direct', 'near'],
    [
      'a local page on http, whatever the permission',
      { near: true, secure: false, permission: 'denied' },
      'direct',
      'direct',
      'near',
    ],
    ['a public page with the permission', { permission: 'granted' }, 'direct', 'direct', 'granted'],
    ['a public page that would have to ask', {}, null, 'direct', 'prompt'],
    ['a public page that was blocked', { permission: 'denied' }, null, 'popup', 'denied'],
    ['a page on http', { secure: false, permission: 'denied' }, 'direct', 'popup', 'insecure'],
    [
      'a frame without delegation, though the top page has the permission',
      { delegated: false, permission: 'granted' },
      null,
      'popup',
      'frame',
    ],
    ['a browser that knows no such permission', { permission: 'unknown' }, null, 'direct', 'unknown'],
  ])('%s', (_, around, silently, onClick, why) => {
    expect(chooseLeg({ ...PUBLIC, ...around })).toMatchObject({ silently, onClick, why });
  });

  it('never tries silently what could make the browser ask', () => {
    for (const near of [true, false])
      for (const secure of [true, false])
        for (const delegated of [true, false])
          for (const permission of ['granted', 'denied', 'prompt', 'unknown'] as const) {
            const choice = chooseLeg({ near, secure, delegated, permission });
            if (!near && secure && permission !== 'granted') expect(choice.silently).toBeNull();
          }
  });
});

describe('near addresses', () => {
  it.each([
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
    '10.1.2.3',
    '192.168.1.9',
    '172.16.0.1',
    '172.31.9.9',
    '[fd00::1]',
  ])('%s is near', (host) => {
    expect(isNear(host)).toBe(true);
  });
  it.each([
    'hub.example',
    '172.32.0.1',
    '11.0.0.1',
    '128.0.0.1',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.evil.example',
    '8.8.8.8',
  ])('%s is not', (host) => {
    expect(isNear(host)).toBe(false);
  });
  it('only loopback is loopback', () => {
    expect(isLoopback('192.168.1.9')).toBe(false);
    expect(isLoopback('127.0.0.1')).toBe(true);
  });
});

describe('looking around', () => {
  const page = (parts: {
    features?: string[];
    allows?: boolean;
    query?: (name: string) => string;
  }): Window & typeof globalThis =>
    ({
      location: { hostname: 'hub.example' },
      isSecureContext: true,
      document: parts.features
        ? { featurePolicy: { features: () => parts.features, allowsFeature: () => parts.allows } }
        : {},
      navigator: {
        permissions: {
          query: ({ name }: { name: string }) => {
            const state = parts.query?.(name);
            return state === undefined ? Promise.reject(new TypeError(name)) : Promise.resolve({ state });
          },
        },
      },
    }) as unknown as Window & typeof globalThis;

  it('takes the newer permission, then the older name, then knows none', async () => {
    expect(await lookAround(page({ query: () => 'denied' }))).toMatchObject({ permission: 'denied' });
    expect(
      await lookAround(page({ query: (name) => (name === 'local-network-access' ? 'granted' : undefined) as string })),
    ).toMatchObject({ permission: 'granted' });
    expect(await lookAround(page({}))).toMatchObject({ permission: 'unknown' });
  });

  it('knows a frame that was not delegated, and takes a browser without such policies for allowed', async () => {
    expect(await lookAround(page({ features: ['loopback-network'], allows: false }))).toMatchObject({
      delegated: false,
    });
    expect(await lookAround(page({ features: ['camera'], allows: false }))).toMatchObject({ delegated: true });
    expect(await lookAround(page({}))).toMatchObject({ delegated: true });
  });
});

describe('the direct leg', () => {
  function direct(around: Partial<Surroundings>, fetch: typeof globalThis.fetch): DirectLaptop {
    const look = (): Promise<Surroundings> => Promise.resolve({ ...PUBLIC, ...around });
    return new DirectLaptop('http://127.0.0.1:8765', fetch, look, null);
  }
  const refusing = (): { fetch: typeof globalThis.fetch; tries: () => number } => {
    let tries = 0;
    return {
      fetch: () => {
        tries += 1;
        return Promise.reject(new TypeError('Failed to fetch'));
      },
      tries: () => tries,
    };
  };

  it('sends token and body, and no cookie', async () => {
    const seen: [string, RequestInit][] = [];
    const laptop = direct({}, (url, init) => {
      seen.push([url as string, init ?? {}]);
      return Promise.resolve(new Response('{}', { status: 404 }));
    });
    const answer = await laptop.call({ method: 'POST', path: '/v1/x', token: 'T', body: { json: { a: 1 } } }, never);
    expect(answer.status).toBe(404);
    expect(seen[0]?.[0]).toBe('http://127.0.0.1:8765/v1/x');
    expect(seen[0]?.[1]).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      credentials: 'omit',
      headers: { authorization: 'Bearer T', 'content-type': 'application/json' },
      targetAddressSpace: 'loopback',
    });
  });

  it.each<[string, Partial<Surroundings>]>([
    ['blocked', { permission: 'denied' }],
    ['dismissed', { permission: 'prompt' }],
    ['in a frame without delegation', { delegated: false, permission: 'granted' }],
    ['on plain http', { secure: false, permission: 'denied' }],
  ])('tries once, and never again, what the browser refused: %s', async (_, around) => {
    const { fetch, tries } = refusing();
    const laptop = direct(around, fetch);
    for (let call = 0; call < 3; call++) {
      await expect(laptop.call(HELLO, never)).rejects.toMatchObject({ code: 'permission_refused' });
    }
    expect(tries()).toBe(1);
  });

  it.each<[string, Partial<Surroundings>]>([
    ['with the permission', { permission: 'granted' }],
    ['from a near page', { near: true }],
    ['in a browser without the permission', { permission: 'unknown' }],
  ])('tells a server that is down %s, and may be asked again', async (_, around) => {
    const { fetch, tries } = refusing();
    const laptop = direct(around, fetch);
    await expect(laptop.call(HELLO, never)).rejects.toMatchObject({ code: 'laptop_unreachable' });
    await expect(laptop.call(HELLO, never)).rejects.toMatchObject({ code: 'laptop_unreachable' });
    expect(tries()).toBe(2);
  });

  const READ: LaptopCall = { ...HELLO, path: '/v1/project', token: 'T' };
  const server = (project: () => boolean): typeof globalThis.fetch => {
    return (url) =>
      (url as string).endsWith('/v1/hello') || project()
        ? Promise.resolve(new Response('{}'))
        : Promise.reject(new TypeError('Failed to fetch'));
  };

  it('takes a server that greets but lets nothing be read for one that no longer knows the token', async () => {
    const laptop = direct(
      { near: true },
      server(() => false),
    );
    const answer = await laptop.call(READ, never);
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toMatchObject({ error: { code: 'token_unknown' } });
  });

  it('keeps the token when the server was away for a moment only', async () => {
    let tries = 0;
    const laptop = direct(
      { near: true },
      server(() => ++tries > 1),
    );
    expect((await laptop.call(READ, never)).status).toBe(200);
  });

  it('rejects with the reason of an abort, and after close', async () => {
    const hanging: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => {
          reject(new Error('AbortError'));
        }),
      );
    const controller = new AbortController();
    const laptop = direct({}, hanging);
    const aborted = laptop.call(HELLO, controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(aborted).rejects.toThrow('cancelled');
    const closed = laptop.call(HELLO, never);
    laptop.close();
    await expect(closed).rejects.toMatchObject({ code: 'laptop_unreachable' });
  });
});
