export const promptsCss = `.icon{width:32px;height:32px;flex:none;display:grid;place-items:center;color:var(--m)}
.banner,.inline,.toast{display:flex;gap:8px 12px;align-items:center;padding:8px 12px 8px 20px;font-size:var(--sm)}
p{flex:1}
[aria-haspopup] svg{stroke-width:2.6}
.banner{background:var(--as);border-bottom:1px solid color-mix(in oklab,var(--a) 18%,var(--l))}
.inline{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s)}
.banner>.plain,.inline>.plain,.toast>.plain{min-height:36px;background:var(--s)}
.tools{display:flex;position:relative;order:1}
.tools .icon{margin:0}
.toast{position:fixed;z-index:2147482000;inset-block-end:16px;inset-inline-end:16px;width:min(372px,100% - 32px);flex-wrap:wrap;background:var(--up);border-radius:12px;box-shadow:var(--sh);padding:14px 10px 14px 16px}
.toast p{flex-basis:60%}
.toast .tools{order:0}
.menu{position:absolute;z-index:1;inset-block-start:36px;inset-inline-end:0;width:230px;background:var(--up);border-radius:10px;box-shadow:var(--sh);padding:5px;display:grid}
.toast .menu{inset-block:auto 36px}
.menu button{min-height:32px;padding:4px 10px;text-align:start;font-weight:400}
.menu button:hover{background:color-mix(in oklab,var(--i) 7%,transparent)}
@media(max-width:760px){.banner,.inline{flex-wrap:wrap}p{flex-basis:60%}.banner>.plain,.inline>.plain{order:2}.icon,[class]>.plain,.menu button{min-height:44px;min-width:44px}}`
