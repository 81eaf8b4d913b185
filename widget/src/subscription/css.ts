export const subscriptionCss = `:host{container-type:inline-size;--ok:var(--softgate-ok,light-dark(oklch(.51 .13 155),oklch(.76 .14 155)))}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.all{display:grid;gap:16px;position:relative}
.notice,.card{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);padding:16px 20px}
.notice{display:flex;gap:12px}
.notice>div{flex:1;min-width:0;display:grid;gap:10px}
.notice>svg{margin-top:3px;width:16px;height:16px;color:var(--m)}
.notice.care{border-color:var(--w)}.notice.care>svg{color:var(--w)}
h2{font-size:inherit;font-weight:600;line-height:1.4}
.notice p,.facts{font-size:var(--sm)}
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px}
.acts{display:flex;flex-wrap:wrap;gap:8px}
a.main{display:inline-flex;align-items:center;border-radius:var(--r);font-weight:500;text-decoration:none}
.card{display:flex;flex-wrap:wrap;align-items:center;gap:16px 24px}
.estimate{display:grid;gap:12px}
.estimate p,.estimate details{font-size:var(--sm)}
.estimate b{font-weight:600}
.estimate .muted{color:var(--m)}
.estimate summary{cursor:pointer;font-weight:500;width:fit-content}
.lines{list-style:none;padding:10px 0 0;display:grid;gap:6px}
dl{display:flex;flex:1;flex-wrap:wrap;gap:12px 40px}
dt,dd small{color:var(--m);font-size:var(--sm)}
dd{margin:0;font-weight:600}
dd small{display:block;font-weight:400;font-size:.75rem}
dd .link{font-size:inherit;margin-inline-start:4px}
bdi{font-variant-numeric:tabular-nums}
.changes{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding:0;font-size:var(--sm)}
.facts{list-style:none;padding:0;display:grid;gap:8px}
.facts li{display:flex;gap:10px}
.facts svg{margin-top:2px;color:var(--ok)}
.facts .loss svg{color:var(--m)}
table{width:100%;border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);border-spacing:0;font-size:var(--sm);overflow:hidden}
table th,table td{padding:11px 16px;font-weight:400;text-align:start}
thead>tr>*{background:var(--sunk);color:var(--m)}
tbody>tr>*{border-top:1px solid var(--l)}
tr>:nth-last-child(-n+2){text-align:end}
.tag{padding:2px 8px;border-radius:99px;background:var(--t);font-size:.75rem;font-weight:500;white-space:nowrap}
.tag.paid{background:color-mix(in oklab,var(--ok) 10%,var(--s));color:var(--ok)}
@container(max-width:560px){thead{position:absolute;clip-path:inset(50%)}table tr{display:grid;grid-template-columns:1fr auto;gap:4px 12px;padding:12px 16px}table tr:not(:first-child){border-top:1px solid var(--l)}table tr>*{padding:0;border:0}table tr>:nth-child(4){order:-1}table tr>:first-child{order:-2}table tr>:last-child{text-align:start}}
a.link{display:inline-flex;align-items:center}`
