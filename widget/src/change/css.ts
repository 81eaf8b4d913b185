/** Beside the upgrade dialog's own. */
export const changeCss = `.change.wide{width:min(640px,100% - 32px)}
.facts{font-size:var(--sm)}
.facts li{align-items:flex-start}
.facts svg{margin-top:2px}
.facts .loss svg{color:var(--m)}
.facts .care svg{color:var(--w)}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(220px,100%),1fr));border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);overflow:hidden}
.sides section{padding:12px 16px;display:grid;gap:10px;align-content:start}
.sides section+section{background:var(--as)}
h3{font-size:var(--sm);font-weight:600}
.refusal{background:color-mix(in oklab,var(--w) 10%,var(--s));display:flex;gap:10px}
.refusal svg{color:var(--w);margin-top:2px}
.change .acts>*{flex:1 1 auto;display:flex;gap:8px;align-items:center;justify-content:center}
.change .acts>[aria-disabled=true]{background:var(--t);color:var(--m);border-color:#0000}
@media(max-width:760px){.change.wide{width:100%}}`
