import type { Action } from '../state';
import { BUTTONS, LABELS, transferred } from '../texts';
import type { View } from '../view';
import { isDark, watchTheme } from './theme';
import { STYLE } from './style';

export interface PanelOptions {
  /** A card over the page, or a part of an output frame. */
  placement: 'floating' | 'inline';
  /** Which notebook it is about, where a page can show several. */
  label?: string;
  /** Called inside the click. */
  press(action: Action): void;
  /** An item of the page has the short line already, so that the hidden panel leaves nothing behind. */
  hasItem?: boolean;
}

/**
 * The card that shows one session: one line, the code while pairing, progress, and the button that helps. It lives in
 * a shadow root outside the notebook's outputs, so that nothing of it is saved. It opens by itself only when the user
 * is needed, and folds itself up once when all is well.
 */
export class Panel {
  readonly host = document.createElement('div');
  private readonly card = document.createElement('section');
  private open = true;
  private last: View['tone'] | null = null;
  private view: View | null = null;
  private readonly unwatch = watchTheme(() => {
    this.card.classList.toggle('dark', isDark());
  });

  constructor(
    parent: HTMLElement,
    private readonly options: PanelOptions,
  ) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    this.card.setAttribute('role', 'region');
    this.card.setAttribute('aria-label', LABELS.panel);
    this.host.attachShadow({ mode: 'open' }).append(style, this.card);
    (options.placement === 'floating' ? stackIn(parent) : parent).append(this.host);
  }

  show(view: View): void {
    const settled = view.tone === 'good' || view.tone === 'quiet';
    if (view.tone !== this.last) {
      if (view.tone === 'attention') this.open = true;
      else if (settled && this.options.placement === 'floating') this.open = false;
    }
    this.last = view.tone;
    this.view = view;
    this.render();
  }

  toggle(): void {
    this.open = !this.open;
    this.render();
    if (this.open) this.card.querySelector('button')?.focus();
  }

  /** Whether the panel belongs to what the user looks at. */
  setCurrent(current: boolean): void {
    this.host.hidden = !current;
  }

  rename(label: string): void {
    if (label === this.options.label) return;
    this.options.label = label;
    this.render();
  }

  remove(): void {
    this.unwatch();
    this.host.remove();
  }

  private render(): void {
    const view = this.view;
    if (!view) return;
    const focused = (this.host.shadowRoot?.activeElement as HTMLElement | null)?.dataset['name'];
    this.card.className = `card ${this.options.placement} ${view.tone} ${isDark() ? 'dark' : ''}`;
    this.card.hidden = !this.open && this.options.hasItem === true;
    if (this.open) {
      this.card.classList.remove('pill');
      this.card.replaceChildren(...this.content(view));
    } else {
      this.card.style.width = 'auto';
      this.card.style.padding = '0';
      const pill = button('pill', `notesync · ${view.short}`, LABELS.show, () => {
        this.toggle();
      });
      pill.prepend(element('span', 'dot'));
      this.card.replaceChildren(pill);
    }
    if (this.open) this.card.removeAttribute('style');
    if (focused !== undefined) this.card.querySelector<HTMLElement>(`[data-name="${focused}"]`)?.focus();
  }

  private content(view: View): HTMLElement[] {
    const header = element('header', '');
    const { label } = this.options;
    const title = element('h2', '', label ? `${LABELS.panel} · ${label}` : LABELS.panel);
    header.append(element('span', 'dot'), title);
    if (this.options.placement === 'floating') {
      header.append(
        button('plain', LABELS.hide, LABELS.hide, () => {
          this.toggle();
        }),
      );
    }
    const line = element('p', 'line', view.line);
    line.setAttribute('role', 'status');
    const parts = [header, line];
    if (view.code !== null) {
      const code = element('output', 'code', view.code);
      code.setAttribute('aria-label', `${LABELS.code} ${view.code.split('').join(' ')}`);
      parts.push(code);
    }
    if (view.progress) {
      const { received, total, rate } = view.progress;
      const bar = document.createElement('progress');
      bar.max = Math.max(1, total);
      bar.value = received;
      bar.setAttribute('aria-label', LABELS.progress);
      parts.push(bar, element('p', 'hint', transferred(received, total, rate)));
    }
    if (view.hint !== null) parts.push(element('p', 'hint', view.hint));
    if (view.actions.length > 0) parts.push(this.actions(view));
    return parts;
  }

  private actions(view: View): HTMLElement {
    const row = element('div', 'actions');
    view.actions.forEach((action, index) => {
      const look = index === 0 && view.tone === 'attention' ? 'first' : '';
      const press = (): void => {
        this.options.press(action);
      };
      row.append(button(look, BUTTONS[action], BUTTONS[action], press, action));
    });
    return row;
  }
}

/** Panels of several notebooks in one page stand above each other, and below the notices of JupyterLab (9999). */
function stackIn(parent: HTMLElement): HTMLElement {
  const existing = parent.querySelector<HTMLElement>(':scope > [data-notesync-stack]');
  if (existing) return existing;
  const stack = element('div', '');
  stack.dataset['notesyncStack'] = '';
  stack.style.cssText =
    'position:fixed;right:1rem;bottom:2.25rem;z-index:9998;display:flex;flex-direction:column;gap:.5rem;align-items:flex-end';
  parent.append(stack);
  return stack;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(className: string, text: string, label: string, press: () => void, name = label): HTMLButtonElement {
  const made = element('button', className, text) as HTMLButtonElement;
  made.type = 'button';
  made.setAttribute('aria-label', label === LABELS.show ? `${label}. ${text}` : label);
  made.dataset['name'] = name;
  made.addEventListener('click', press);
  return made;
}
