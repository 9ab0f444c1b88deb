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
