import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** One hosted site: its pages over https and http, and the origin of its frames. */
export interface Site {
  https: string;
  http: string;
  frame: string;
}

/** The hosted side, which tests place in an address space. */
export interface Hub {
  /** A site that nobody has visited before. */
  site(): Site;
  ports: { https: number; http: number };
  close(): Promise<void>;
}

/** What the kernel puts in front of the injected script; the laptop's address comes in the fragment. */
const OFFER = `const NOTESYNC_OFFER = { notesync: 'offer', protocol: 1, kernel: 'k', label: 'shop.ipynb',
  laptop: decodeURIComponent(location.hash.slice(1)) };
`;
const HTML = 'text/html; charset=utf-8';

/**
 * Pages: `/page` runs the session, `/colab` the injected script in a Colab output; `/framed` holds it in a frame of another origin. Query: `header=Name:value`
 * (repeatable) is sent with the page, `sandbox` and `allow` are attributes of the frame.
 */
export async function startHub(): Promise<Hub> {
  const bundled = async (file: string): Promise<string> => {
    const entryPoints = [join(import.meta.dirname, file)];
    const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false });
    return outputFiles[0]?.text ?? '';
  };
  const scripts: Record<string, string> = {
    '/page.js': await bundled('page.ts'),
    '/colab.js': await bundled('colab.page.ts'),
    '/injected.js': OFFER + (await bundled('../../src/entries/script.ts')),
  };
  const listen: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub.test');
    for (const header of url.searchParams.getAll('header')) {
      const [name, value] = header.split(':', 2);
      response.setHeader(name ?? '', value ?? '');
    }
    const script = scripts[url.pathname];
    if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript');
      response.setHeader('access-control-allow-origin', '*');
      response.end(script);
      return;
    }
    response.setHeader('content-type', HTML);
    if (url.pathname === '/framed') {
      const attributes = ['sandbox', 'allow'].filter((name) => url.searchParams.has(name));
      const written = attributes.map((name) => `${name}="${url.searchParams.get(name) ?? ''}"`).join(' ');
      response.end(`<!doctype html><body><iframe ${written} width="500" height="400"></iframe><script>
        document.querySelector('iframe').src = ${JSON.stringify(url.searchParams.get('src'))} + location.hash;</script>`);
      return;
    }
    const loaded = url.pathname === '/colab' ? ['/colab.js', '/injected.js'] : ['/page.js'];
    const tags = loaded.map((source) => `<script type="module" src="${source}"></script>`).join('');
    response.end(`<!doctype html><title>Notebook</title><body>${tags}`);
  };
  const key = certificate();
  let sites = 0;
  const servers = [createHttps(key, listen), createHttp(listen)];
  const [https = 0, http = 0] = await Promise.all(servers.map(open));
  return {
    site: () => {
      sites += 1;
      return {
        https: `https://hub${sites}.test:${https}`,
        http: `http://hub${sites}.test:${http}`,
        frame: `https://frame${sites}.test:${https}`,
      };
    },
    ports: { https, http },
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function open(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'notesync-hub-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=hub.test'];
  const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', [...options, ...subject], { stdio: 'ignore' });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}
