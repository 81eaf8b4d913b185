export const gateCss = `.card{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s);display:flex;flex-wrap:wrap;overflow:hidden}
.body{flex:1 1 300px;display:grid;gap:12px;padding:20px;align-content:start}
.limit{background:var(--as);border-color:color-mix(in oklab,var(--a) 35%,var(--l))}
.row{display:flex;gap:8px 12px;flex-wrap:wrap;align-items:center}
.tag{display:inline-flex;gap:5px;align-items:center;padding:2px 8px;border-radius:99px;background:var(--as);font-size:.75rem;font-weight:500;white-space:nowrap}
.tag svg{width:12px;height:12px;stroke-width:2}
::slotted([slot]){color:var(--m);margin:0}
::slotted([slot=preview]){flex:1 1 34%;padding:20px;background:var(--sunk);border-inline-start:1px solid var(--l)}
@media(max-width:760px){.body>.row:last-child>.main{flex:1 1 100%}}`
