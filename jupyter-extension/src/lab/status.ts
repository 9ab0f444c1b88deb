import type { CommandRegistry } from '@lumino/commands';
import { Menu, Widget } from '@lumino/widgets';
import { LAB, transferred } from '../texts';
import type { View } from '../view';
import type { Hub } from './hub';

const DOT = { good: '#2e9e63', attention: '#d9822b', busy: '#2f81d6', quiet: '#8b96a3' } as const;

/** The item in the status bar, or in the menu bar of Notebook 7: how the current notebook stands, and a menu behind it. */
export class StatusItem extends Widget {
  private readonly button = document.createElement('button');

  constructor(
    private readonly hub: Hub,
    commands: CommandRegistry,
    menuCommands: readonly string[],
  ) {
    super();
    const menu = new Menu({ commands });
    for (const command of menuCommands) menu.addItem({ command });
    this.button.type = 'button';
    this.button.style.cssText =
      'all:unset;cursor:pointer;font:inherit;line-height:1;color:inherit;padding:0 .4rem;display:flex;align-items:center;gap:.35rem';
    this.button.setAttribute('aria-haspopup', 'menu');
    this.button.addEventListener('click', () => {
      const { left, top, bottom } = this.button.getBoundingClientRect();
      // A menu that has no room below goes up by itself.
      menu.open(left, top > window.innerHeight / 2 ? top : bottom, { forceY: false });
    });
    // Where room is short the dot stays.
    this.node.style.cssText =
      'display:flex;align-items:center;flex-shrink:100;min-width:1.7rem;overflow:hidden;white-space:nowrap';
    this.node.append(this.button);
    hub.onChange(() => {
      this.update();
    });
    this.update();
  }

  protected override onUpdateRequest(): void {
    const view = this.hub.current?.view ?? null;
    const dot = document.createElement('span');
    dot.style.cssText = `flex:none;width:.55rem;height:.55rem;border-radius:50%;background:${DOT[view?.tone ?? 'quiet']}`;
    const text = view ? `notesync: ${view.short}` : LAB.notConnected;
    this.button.replaceChildren(dot, text);
    this.button.setAttribute('aria-label', `${text}. ${LAB.menu}`);
    this.button.title = view ? sentencesOf(view).join('\n') : LAB.notLoaded;
  }
}

/** What the panel says, for whoever points at the item. */
function sentencesOf({ line, progress, hint }: View): string[] {
  const moving = progress && transferred(progress.received, progress.total, progress.rate);
  return [line, moving, hint].filter((text) => text !== null);
}
