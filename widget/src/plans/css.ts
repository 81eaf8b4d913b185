/** As wide as its place allows: all plans side by side, or the own one and one other. */
export const plansCss = `:host{container-type:inline-size;--ok:var(--softgate-ok,light-dark(oklch(.51 .13 155),oklch(.76 .14 155)))}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{display:flex;justify-content:flex-end;margin-bottom:16px}
.note{display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;padding:10px 16px;margin-bottom:16px;border-radius:var(--softgate-radius-card,12px);background:var(--sunk);font-size:var(--sm)}
.note p{flex:1;min-width:min(240px,100%)}
.with{display:none;gap:6px;font-size:var(--sm);font-weight:500;margin-bottom:16px}
select{font:inherit;color:inherit;min-height:44px;width:100%;padding:8px 12px;border:1px solid var(--b);border-radius:var(--r);background:var(--s)}
table{position:relative;border-collapse:collapse;width:100%;table-layout:fixed;font-size:var(--sm);margin-bottom:12px}
th,td{padding:11px 12px;text-align:start;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
tr>:first-child{padding-inline-start:0}
tbody tr:not(.group)>*{border-top:1px solid var(--l)}
.group th{padding-top:24px;font-weight:600}
thead th{padding-block:18px 14px}
thead th>span{display:block}
thead .tag{display:inline-block;margin:10px 0 0}
.name{font-size:var(--softgate-text-lg,1rem);font-weight:600}
.price{font-size:var(--softgate-text-xl,1.25rem);font-weight:600;margin:6px 0 2px}
.per{min-height:2lh}
.talk{margin-top:10px}
.talk button{margin-top:0}
.main,.plain{width:100%;margin-top:10px;padding-inline:8px;white-space:normal}
[aria-disabled=true]{background:var(--t);border-color:#0000;color:var(--m);cursor:default}
.muted+.tag{margin-inline-start:6px}
.tag{padding:2px 8px;border-radius:99px;background:var(--as);font-size:.75rem;font-weight:500;white-space:nowrap}
.fit{background:var(--as)}
.fit .tag{background:var(--up)}
.yes{color:var(--ok)}
h2{font-size:inherit;font-weight:600}
.addons{margin-top:28px}
.addons ul{list-style:none;padding:0;margin-top:12px;border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px)}
.addons li{display:flex;flex-wrap:wrap;align-items:center;gap:8px 20px;padding:14px 20px;font-size:var(--sm)}
.addons li+li{border-top:1px solid var(--l)}
.addons li>div{flex:1;min-width:min(240px,100%)}
.addons b{font-weight:600}
.addons button{width:auto;margin:0;padding-inline:14px}
small{font-size:.75rem;color:var(--m)}
@container(max-width:719px){.with{display:grid}.aside,thead td{display:none}tr{display:grid;grid-template-columns:1fr 1fr}tr>:first-child:not(thead *){grid-column:1/-1;padding-bottom:0}tr>*{padding-inline:12px!important}tbody tr:not(.group)>td{border:0}.group>:first-child{padding-bottom:10px}.group td{display:none}tbody .fit{background:none}.per{min-height:3lh}}`
