/** The look of the desk: quiet, legible, in the colours that the system prefers. */
export const DESK_STYLE = `
:root {
  color-scheme: light dark;
  --accent: light-dark(oklch(0.53 0.19 268), oklch(0.72 0.14 268));
  --on-accent: light-dark(#fff, oklch(0.2 0.04 268));
  --ink: light-dark(oklch(0.24 0.02 268), oklch(0.95 0.01 268));
  --muted: light-dark(oklch(0.48 0.02 268), oklch(0.75 0.015 268));
  --line: light-dark(oklch(0.91 0.008 268), oklch(0.36 0.015 268));
  --surface: light-dark(#fff, oklch(0.22 0.012 268));
  --sunken: light-dark(oklch(0.975 0.005 268), oklch(0.19 0.01 268));
  --ok: light-dark(oklch(0.45 0.13 155), oklch(0.76 0.14 155));
  --stop: light-dark(oklch(0.53 0.19 25), oklch(0.73 0.16 25));
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px clamp(16px, 4vw, 48px) 48px; background: var(--sunken); color: var(--ink);
  font: 0.875rem/1.45 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Arial, system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; margin-bottom: 16px; }
h1, h2, h3, p, ul { margin: 0; }
h1 { font-size: 1.25rem; font-weight: 600; }
h2 { font-size: 1rem; font-weight: 600; margin-bottom: 8px; }
h3 { font-size: 0.875rem; font-weight: 600; }
header p, small, .soft, .empty { color: var(--muted); }
small { font-weight: 400; font-size: 0.8125rem; }
code { font: 0.8125rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 24px; }
@media (min-width: 56rem) { .columns { grid-template-columns: 17rem minmax(0, 1fr); align-items: start; } aside { position: sticky; top: 24px; } }
aside, main, section { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
main { gap: 24px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 16px; }
.now strong { font-variant-numeric: tabular-nums; }
.done { background: var(--surface); border: 1px solid var(--accent); border-radius: 12px; padding: 8px 16px; margin-bottom: 16px; }
label { display: block; margin: 8px 0 4px; color: var(--muted); font-size: 0.8125rem; }
.row { display: flex; gap: 8px; }
.grid { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
input, select, button { font: inherit; height: 36px; border-radius: 8px; border: 1px solid var(--line); padding: 0 12px; background: var(--surface); color: inherit; min-width: 0; width: 100%; }
button { cursor: pointer; font-weight: 500; }
.row button { flex: none; width: auto; background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { padding: 0; list-style: none; display: grid; gap: 4px; margin-top: 8px; }
details { margin-top: 8px; } summary { cursor: pointer; color: var(--muted); }
a { color: var(--accent); }
.badge { display: inline-block; font-size: 0.75rem; padding: 0 8px; border-radius: 999px; border: 1px solid var(--line); color: var(--muted); }
.badge.ok { color: var(--ok); border-color: currentColor; }
.badge.stop { color: var(--stop); border-color: currentColor; }
.scroll { overflow-x: auto; padding: 4px 16px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: start; font-weight: 500; color: var(--muted); font-size: 0.8125rem; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td { font-variant-numeric: tabular-nums; }
`

/** Keeps the state fresh: what is open stays open, and nothing moves while it is the same. */
export const DESK_SCRIPT = `
const state = document.getElementById('state')
let shown = ''
setInterval(async () => {
  if (document.hidden) return
  try {
    const response = await fetch('/_sandbox/state')
    const fresh = await response.text()
    if (!response.ok || fresh === shown) return
    const open = new Set([...state.querySelectorAll('details[open]')].map((one) => one.closest('article').querySelector('code').textContent))
    shown = fresh
    state.innerHTML = fresh
    for (const one of state.querySelectorAll('details')) one.open = open.has(one.closest('article').querySelector('code').textContent)
  } catch {
    // The sandbox is being started anew; the next round will tell.
  }
}, 2000)
`
