export const gateCss = `.card{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s);display:grid;gap:12px;padding:20px;justify-items:start}
.limit{background:var(--as);border-color:color-mix(in oklab,var(--a) 35%,var(--l))}
.row{display:flex;gap:8px 12px;flex-wrap:wrap;align-items:center}
.tag{display:flex;gap:5px;align-items:center;padding:2px 8px;border-radius:99px;background:var(--as);font-size:.75rem;font-weight:500}
::slotted([slot]){color:var(--m)}`
