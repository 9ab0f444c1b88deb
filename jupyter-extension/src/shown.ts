import type { KernelLink } from './kernel/link';
import { toKernel } from './messages';
import type { KernelState } from './state';

/**
 * Which notebook the page shows: told to the kernel when it listens (again) and when the notebook was renamed. The
 * kernel itself knows only the name with which it was started.
 */
export class Shown {
  private path: string | null = null;
  private told: string | null = null;
  private listens = false;

  constructor(private readonly link: KernelLink) {}

  is(path: string): void {
    this.path = path;
    this.tell();
  }

  kernelIs(kernel: KernelState): void {
    this.listens = kernel.is === 'open';
    if (!this.listens) this.told = null;
    this.tell();
  }

  private tell(): void {
    if (!this.listens || this.path === null || this.path === this.told) return;
    this.told = this.path;
    this.link.send(toKernel.notebook(this.path));
  }
}

/** The name of a notebook, for whoever reads. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
