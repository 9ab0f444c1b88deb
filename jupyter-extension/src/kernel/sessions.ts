import { isObject } from '../messages';
import type { JupyterServer } from './socket';

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
