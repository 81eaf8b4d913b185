export const requestsCss = `.group{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s);overflow:hidden;margin-bottom:24px}
.row,.head{display:flex;gap:12px;align-items:center;padding:12px 16px}
.head{background:var(--softgate-surface-sunken,light-dark(oklch(.975 .005 268),oklch(.19 .01 268)))}
.row{border-top:1px solid var(--l);flex-wrap:wrap}
.row>div,.head>div{flex:1;min-width:0}
ul{list-style:none;padding:0}
h2{font-size:inherit;font-weight:600}
input{width:18px;height:18px;margin:3px;accent-color:var(--a)}
.quiet{color:var(--m);min-height:32px;padding:0 8px}
small,.tag{font-size:var(--sm);color:var(--m)}
.tag{padding:2px 8px;border-radius:99px;background:var(--t);font-size:.75rem;font-weight:500;color:var(--i)}
.row>.reply{flex-basis:100%;display:grid;gap:10px}
label{font-size:var(--sm);font-weight:500}
textarea{width:100%;padding:8px 12px;font:inherit;color:inherit;border:1px solid color-mix(in oklab,var(--m) 66%,var(--s));border-radius:var(--r);background:var(--s)}
.empty{margin-bottom:24px;text-align:center;padding:28px 16px;border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px)}
[aria-disabled=true]{opacity:.6;cursor:default}
@media(max-width:760px){.row>div{flex-basis:60%}.plain,.quiet{min-height:44px}input{width:24px;height:24px}}`
