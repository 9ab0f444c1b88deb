/** The panel's look: system fonts, the page's own light or dark, nothing loaded from anywhere. */
export const STYLE = `
:host { all: initial; }
.card {
  --ink: #1c2430; --soft: #5b6675; --paper: #ffffff; --edge: #d4dae2; --accent: #0b6bcb; --on-accent: #ffffff;
  --good: #1a7f4b; --ask: #b35900; --busy: #0b6bcb; --quiet: #7a8594;
  box-sizing: border-box; width: min(23rem, calc(100vw - 2rem)); padding: .8rem .9rem .9rem;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--paper);
  border: 1px solid var(--edge); border-radius: 10px; box-shadow: 0 6px 24px rgb(15 23 35 / 16%);
}
.card.dark {
  --ink: #e7ebf0; --soft: #a5b0be; --paper: #1e252e; --edge: #3a4552; --accent: #6db3ff; --on-accent: #0b1826;
  --good: #56c98c; --ask: #ffb057; --busy: #6db3ff; --quiet: #98a3b1; box-shadow: 0 6px 24px rgb(0 0 0 / 45%);
}
.inline { margin: .25rem 0; box-shadow: none; }
header { display: flex; align-items: center; gap: .5rem; margin-bottom: .35rem; }
h2 { font-size: 13px; font-weight: 650; letter-spacing: .01em; margin: 0; flex: 1; }
.dot { width: .6rem; height: .6rem; border-radius: 50%; background: var(--quiet); flex: none; }
.good .dot { background: var(--good); } .attention .dot { background: var(--ask); } .busy .dot { background: var(--busy); }
p { margin: 0; overflow-wrap: anywhere; }
.hint { color: var(--soft); font-size: 12.5px; margin-top: .2rem; }
.code {
  display: block; margin: .6rem 0 .1rem; padding: .45rem 0; text-align: center; border: 1px dashed var(--edge); border-radius: 8px;
  font: 600 27px/1.2 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .28em; text-indent: .28em; user-select: all;
}
progress { width: 100%; height: .5rem; margin-top: .5rem; accent-color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .65rem; }
button { font: inherit; font-size: 13px; border-radius: 6px; padding: .3rem .75rem; cursor: pointer; color: var(--ink); background: transparent; border: 1px solid var(--edge); }
button.first { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 600; }
button.plain { border-color: transparent; padding: 0 .3rem; color: var(--soft); font-size: 12.5px; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button.pill { display: flex; align-items: center; gap: .45rem; width: auto; padding: .3rem .7rem; font-size: 12.5px; border-radius: 999px; }
[hidden] { display: none !important; }
`;
