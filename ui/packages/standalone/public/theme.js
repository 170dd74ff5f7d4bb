// before the first paint, so that a dark page does not flash white
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('finops-theme');
  } catch {
    // a browser may keep nothing
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset.themeMode = chosen === 'light' || chosen === 'dark' ? chosen : system;
})();
