import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { BEACON, type Offer, type Runs } from '../messages';
import type { JupyterServer } from '../kernel/socket';
import type { Carrier, Carriers } from './carriers';

/**
 * Knows which notebook of the page has notesync in its kernel: by an offer that is displayed, or, when a notebook opens
 * whose kernel runs already, by the beacon. Asks once per notebook and kernel, and nothing by a timer.
 */
export class Hub {
  connectOnOpen = true;
  /** Told when a kernel begins a cell. */
  onRuns: (runs: Runs) => void = () => undefined;
  private loaded: Carriers | null = null;
  private loading: Promise<Carriers> | null = null;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly tracker: INotebookTracker,
    private readonly server: JupyterServer,
    private readonly hasItem: boolean,
  ) {
    tracker.widgetAdded.connect((_, panel) => {
      this.watch(panel);
    });
    tracker.currentChanged.connect(() => {
      this.moved();
    });
    tracker.forEach((panel) => {
      this.watch(panel);
    });
  }

  /** Called whenever the current notebook's state may have changed. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  get current(): Carrier | null {
    const kernel = this.tracker.currentWidget?.sessionContext.session?.kernel;
    return kernel ? this.of(kernel.id) : null;
  }

  of(kernel: string): Carrier | null {
    return this.loaded?.get(kernel) ?? null;
  }

  /** An offer counts only where a notebook of this page really has the kernel: a saved one may hold anything. */
  offered(offer: Offer): void {
    const panel = this.tracker.find(({ sessionContext }) => sessionContext.session?.kernel?.id === offer.kernel);
    if (panel) void this.invite({ ...offer, label: panel.title.label }, panel);
  }

  /** Whether notesync is loaded in the current notebook's kernel; connects if it is. */
  async look(): Promise<boolean> {
    const panel = this.tracker.currentWidget;
    const kernel = panel?.sessionContext.session?.kernel;
    return panel !== null && kernel ? this.lookIn(panel, kernel) : false;
  }

  private watch(panel: NotebookPanel): void {
    panel.sessionContext.kernelChanged.connect((context, { oldValue, newValue }) => {
      // A notebook that is closed leaves its kernel as it is; one that takes another kernel ends it.
      if (oldValue && !context.isDisposed) this.left(oldValue.id);
      if (newValue && this.connectOnOpen) void this.lookIn(panel, newValue);
      this.moved();
    });
    panel.sessionContext.propertyChanged.connect((context, property) => {
      if (property === 'path') this.of(context.session?.kernel?.id ?? '')?.shows(context.path);
    });
    const kernel = panel.sessionContext.session?.kernel;
    if (kernel && this.connectOnOpen) void this.lookIn(panel, kernel);
  }

  private left(kernel: string): void {
    const others = this.tracker.find(({ sessionContext }) => sessionContext.session?.kernel?.id === kernel);
    if (!others) this.loaded?.leave(kernel);
  }

  private async lookIn(panel: NotebookPanel, kernel: Kernel.IKernelConnection): Promise<boolean> {
    try {
      const { language_info } = await kernel.info;
      if (language_info.name !== 'python') return false;
      const { content } = await kernel.requestCommInfo({ target_name: BEACON });
      if (content.status !== 'ok' || Object.keys(content.comms).length === 0) return false;
    } catch {
      return false; // The kernel went while it was asked.
    }
    // The kernel's hello tells which laptop it means.
    const laptop = 'http://127.0.0.1:8765';
    await this.invite({ kernel: kernel.id, laptop, label: panel.title.label, guessed: true }, panel);
    return true;
  }

  private async invite(offer: Offer, panel: NotebookPanel): Promise<void> {
    const carriers = await this.carriers();
    carriers.invite(offer);
    carriers.get(offer.kernel)?.shows(panel.sessionContext.path);
    this.moved();
  }

  private carriers(): Promise<Carriers> {
    this.loading ??= import('./carriers').then(({ Carriers }) => {
      const carriers = new Carriers(this.server, this.hasItem, (runs) => {
        this.onRuns(runs);
      });
      carriers.changed.connect(() => {
        this.tell();
      });
      this.loaded = carriers;
      return carriers;
    });
    return this.loading;
  }

  private moved(): void {
    this.loaded?.setCurrent(this.tracker.currentWidget?.sessionContext.session?.kernel?.id ?? null);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
