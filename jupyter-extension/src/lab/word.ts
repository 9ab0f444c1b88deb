import type { INotebookCellExecutor } from '@jupyterlab/notebook';
import type { JsonObject } from '../messages';

type Context = NonNullable<INotebookCellExecutor.IRunCellOptions['sessionContext']>;

/**
 * The same context, but that execute requests to its kernel carry the word in their metadata. Only for one run. The cell's
 * own metadata would go along, too, but changing those changes the notebook.
 */
export function withWord(context: Context, word: JsonObject): Context {
  const { session } = context;
  const kernel = session?.kernel;
  if (!kernel) return context;
  const requestExecute: typeof kernel.requestExecute = (content, disposeOnDone, metadata) =>
    kernel.requestExecute(content, disposeOnDone, { ...metadata, ...word });
  return over(context, { session: over(session, { kernel: over(kernel, { requestExecute }) }) });
}

/** An object that is another one but for some properties. */
function over<T extends object>(whole: T, instead: Partial<T>): T {
  return Object.create(whole, Object.getOwnPropertyDescriptors(instead)) as T;
}
