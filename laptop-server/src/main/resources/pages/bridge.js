// The popup: does calls for the page that opened it (PROTOCOL.md, section 3, Popup). What it carries it does not read.

import { approvalCard } from '/approval.js';

const PROTOCOL = 1;
const ANNOUNCE_MILLIS = 500;
const FORWARDED =
  /^\/v1\/(?:hello|project|token|pairings(?:\/[0-9a-f]{32}\/claim)?|replicas\/[0-9a-f]{32}(?:\/(?:next|chunk|manifest|report))?)$/;
const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const $ = (id) => document.getElementById(id);

/** The notebooks of the page that opened this window: of each its port, its origin, and the calls that are under way. */
const clients = new Set();
let carried = 0;
/** The question that is on the screen. */
let question = null;
/** Whether the last call got no answer. */
let away = false;

function say(title, text, tone = '') {
  $('title').textContent = title;
  $('status').textContent = text;
  $('status').className = tone;
  $('connection').hidden = false;
}

function connected() {
  say('Connected', 'The notebook reaches this laptop through this window.');
}

function asking() {
  say('Your answer, please', 'The notebook waits for it.');
  // The question has all of it.
  $('connection').hidden = true;
}

function gone() {
  away = true;
  say('The server does not answer', 'Is it still running? Start it again in the project, then connect in the notebook.', 'bad');
}

/** An answer came: what was said of a server that is gone holds no longer. */
function answered() {
  if (!away) return;
  away = false;
  if ($('asks').childElementCount > 0) asking();
  else connected();
}

function announce() {
  // It tells nothing but that it is here, so anybody may hear it.
  if (clients.size === 0) window.opener?.postMessage({ notesync: 'bridge', protocol: PROTOCOL }, '*');
}

function connect(event) {
  const { data, ports, source, origin } = event;
  if (source !== window.opener || data?.notesync !== 'connect' || ports.length !== 1) return;
  const client = { port: ports[0], origin, label: String(data.label ?? '').slice(0, 200), calls: new Map() };
  client.port.onmessage = ({ data: call }) => serve(client, call);
  clients.add(client);
  nameClients();
  $('origin').textContent = origin === 'null' ? 'a page inside another page' : origin;
  $('facts').hidden = false;
  away = false;
  connected();
}

/** Names who is served. */
function nameClients() {
  $('label').textContent = [...clients].map(({ label }) => label || 'without a name').join(', ');
}

/** The page that opened this window is gone for good: nobody else can use it. */
function over() {
  window.close();
  say('Over', 'The notebook was closed. You can close this window, too.');
}

async function serve(from, call) {
  const { id, method, path, headers, body, cancel, closing } = call ?? {};
  if (closing) {
    // The page reloads: whoever is the opener then is told that this window is here.
    clients.delete(from);
    if (clients.size > 0) nameClients();
    else say('Waiting', 'The notebook has let go of this window. It is being loaded again, or asks you to connect.');
    return;
  }
  if (cancel) {
    from.calls.get(id)?.abort();
    return;
  }
  if (!METHODS.has(method) || typeof path !== 'string' || !FORWARDED.test(path)) {
    from.port.postMessage({ id, failed: 'bad_request', message: 'the notesync window does not forward this call' });
    return;
  }
  const controller = new AbortController();
  from.calls.set(id, controller);
  try {
    const response = await fetch(path, {
      method,
      headers: { ...allowed(headers), 'X-Notesync-Opener': from.origin },
      body: body ?? undefined,
      signal: controller.signal,
      redirect: 'error',
    });
    const bytes = await response.arrayBuffer();
    answered();
    count(bytes.byteLength);
    if (method === 'POST' && path === '/v1/pairings' && response.status === 201) ask(from, body, bytes.slice(0));
    if (response.status === 410 && path.endsWith('/claim') && !question?.isOver()) question?.end('Too late. Connect again in the notebook for a new code.');
    from.port.postMessage({ id, status: response.status, body: bytes }, [bytes]);
  } catch (error) {
    if (controller.signal.aborted) return;
    gone();
    from.port.postMessage({ id, failed: 'laptop_unreachable', message: `the laptop server does not answer: ${error.message}` });
  } finally {
    from.calls.delete(id);
  }
}

function allowed(headers) {
  const result = {};
  for (const name of ['authorization', 'content-type']) {
    if (typeof headers?.[name] === 'string') result[name] = headers[name];
  }
  return result;
}

function count(bytes) {
  carried += bytes;
  $('carried').textContent = carried < 1e6 ? `${Math.ceil(carried / 1000)} kB` : `${(carried / 1e6).toFixed(1)} MB`;
}

/** A pairing that was asked for through this window is answered in it. */
async function ask(from, body, answer) {
  const decoder = new TextDecoder();
  const { pairing } = JSON.parse(decoder.decode(answer));
  const { client: said } = JSON.parse(typeof body === 'string' ? body : decoder.decode(body));
  const request = { pairing, origin: from.origin, label: said?.label, machine: said?.machine };
  const shown = await fetch(`/v1/bridge/pairings/${pairing}`).then((response) => response.json(), () => ({}));
  const card = approvalCard(request, shown.root, async (allow, code, remember) => {
    const response = await fetch(`/v1/bridge/pairings/${pairing}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ allow, code, remember }),
    }).catch((error) => {
      gone();
      throw error;
    });
    const json = await response.json();
    if (json.error?.code === 'pairing_expired') return 'expired';
    if (json.state === 'allowed') {
      $('asks').replaceChildren();
      connected();
    }
    if (!response.ok) throw new Error([json.error.message, json.error.remedy].filter(Boolean).join('. To do: '));
    return json.state;
  });
  asking();
  $('asks').replaceChildren(card.card);
  question = card;
  card.focus();
}

window.addEventListener('message', connect);
window.addEventListener('pagehide', () => clients.forEach(({ port }) => port.postMessage({ closing: true })));
if (window.opener) {
  announce();
  const timer = setInterval(() => {
    if (window.opener && !window.opener.closed) return announce();
    clearInterval(timer);
    over();
  }, ANNOUNCE_MILLIS);
} else {
  say('Nothing to carry', 'This window belongs to a notebook: press Connect there. You can close it.');
  $('purpose').hidden = true;
}
