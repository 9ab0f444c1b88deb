// The key of this server's pages: it comes with the link that the server printed, and ends with the server.

const STORED = 'notesync-key';

/** Takes the key out of the address, where it would stay in the history, and keeps it for this server's pages. */
export function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given) {
    localStorage.setItem(STORED, given);
    history.replaceState(null, '', location.pathname);
  }
  return localStorage.getItem(STORED);
}

export class Locked extends Error {}

/** A call of the dashboard. Rejects with `Locked` when the key is not that of the running server. */
export async function call(method, path, body) {
  const response = await fetch(`/v1/dashboard${path}`, {
    method,
    headers: { authorization: `Bearer ${takeKey()}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const json = await response.json();
  if (response.status === 401) throw new Locked(json.error.message);
  if (!response.ok) {
    if (json.error.code === 'pairing_expired') return { state: 'expired' };
    throw new Error(json.error.message);
  }
  return json;
}

/** Answers a pairing with the key. */
export function decideWithKey(pairing) {
  return async (allow, code, remember) => (await call('POST', `/pairings/${pairing}`, { allow, code, remember })).state;
}
