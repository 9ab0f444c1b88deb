import { isObject } from '../messages';
import type { JupyterServer } from './socket';

/** Whether the server says that it has no such kernel (any more). */
export async function isGone({ baseUrl, token }: JupyterServer, kernel: string): Promise<boolean> {
  const url = new URL(`api/kernels/${encodeURIComponent(kernel)}`, baseUrl);
  try {
    return (await fetch(url, { headers: token === '' ? {} : { authorization: `token ${token}` } })).status === 404;
  } catch {
    return false; // The server is away.
  }
}

/** The path of the notebook that runs in the kernel, as its Jupyter server knows it; null where it does not tell. */
export async function notebookOf({ baseUrl, token }: JupyterServer, kernel: string): Promise<string | null> {
  try {
    const headers: HeadersInit = token === '' ? {} : { Authorization: `token ${token}` };
    const answer = await fetch(`${baseUrl}api/sessions`, { headers });
    const sessions: unknown = await answer.json();
    const found: unknown = Array.isArray(sessions)
      ? sessions.find((one) => isObject(one) && isObject(one['kernel']) && one['kernel']['id'] === kernel)
      : null;
    return isObject(found) && typeof found['path'] === 'string' ? found['path'] : null;
  } catch {
    return null; // The server is away, or answered something else.
  }
}
