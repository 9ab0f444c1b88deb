/** Whether the page around the panel is dark: JupyterLab says it on its body, others by their background. */
export function isDark(): boolean {
  const theme = document.body.dataset['jpThemeLight'];
  if (theme !== undefined) return theme === 'false';
  const [red, green, blue, alpha] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []).map(
    Number,
  );
  if (red !== undefined && green !== undefined && blue !== undefined && alpha !== 0) {
    return 0.299 * red + 0.587 * green + 0.114 * blue < 110;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Calls `changed` when the page's theme may be another; returns what ends that. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light', 'class', 'style'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', changed);
  };
}
