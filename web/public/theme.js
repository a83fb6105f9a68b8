// Runs before the first paint, so that the page never flashes in the wrong theme. Kept in step with src/lib/theme.ts.
(function () {
  var choice = 'system'
  try { choice = localStorage.getItem('halley.theme') || 'system' } catch { /* storage is off: follow the system */ }
  var dark = choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
