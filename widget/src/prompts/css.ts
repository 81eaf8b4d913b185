/** What has a name in common with the dialogs, which stand in the same shadow, is within prompts alone. */
export const promptsCss = `:where(.banner,.inline,.toast,.nudge,.modal){
.icon{width:32px;height:32px;flex:none;display:grid;place-items:center;color:var(--m)}
.plain{min-height:32px;padding:0 12px;background:var(--s)}
>.top,.acts{display:flex;gap:12px;align-items:start;justify-content:space-between}
.acts{justify-content:start;flex-wrap:wrap;flex-basis:100%}
h2{font-size:1.25rem;line-height:1.3;letter-spacing:-.014em;font-weight:600;text-wrap:balance;outline:0}
.quiet{min-height:36px;padding:0 12px;color:var(--m)}
@media(max-width:760px){.icon,.plain,.quiet{min-height:44px;min-width:44px}}
}
.banner,.inline,.toast,.nudge{display:flex;gap:8px 12px;align-items:center;font-size:var(--sm)}
.banner,.inline{padding:8px 12px 8px 20px}
:is(.banner,.inline,.toast,.nudge)>p{flex:1;min-width:0;text-wrap:pretty}
[aria-haspopup] svg{stroke-width:2.6}
.banner{background:var(--as);border-bottom:1px solid color-mix(in oklab,var(--a) 18%,var(--l));min-height:48px}
.pic{display:flex;color:var(--a)}
.inline{gap:8px 14px;padding:14px 12px 14px 16px;border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s)}
.inline .pic{width:44px;height:44px;border-radius:10px;background:var(--as);place-items:center;justify-content:center;flex:none}
.inline .pic svg{width:20px;height:20px}
:is(.inline,.toast,.nudge)>p>*{display:block}
:is(.inline,.toast,.nudge)>p>span{color:var(--m)}
.tools{display:flex;position:relative}
:is(.banner,.inline)>.tools{order:1}
.toast,.nudge{flex-wrap:wrap;align-items:start;background:var(--up);border:1px solid #0000;border-radius:12px;box-shadow:var(--sh);padding:14px 10px 14px 16px;width:min(372px,100%)}
.toast{position:fixed;z-index:2147482000;inset-block-end:16px;inset-inline-end:16px;width:min(372px,100% - 32px)}
.nudge{position:relative;z-index:1;margin-inline-start:auto}
:is(.toast,.nudge)>p{flex-basis:60%}
:is(.toast,.nudge)>.tools{margin-block:-6px}
.modal{margin:auto;width:min(420px,100% - 32px);padding:22px 24px;border:0;border-radius:var(--softgate-radius-dialog,16px);background:var(--up);color:var(--i);box-shadow:var(--sh);overflow:visible}
.modal::backdrop{background:light-dark(oklch(.24 .02 268/.3),oklch(.1 .01 268/.6))}
.modal>*+*{margin-top:14px}
.modal slot{display:block}
.modal>.top .tools{margin:-2px -10px 0 0}
.menu{position:absolute;z-index:1;inset-block-start:36px;inset-inline-end:0;width:min(260px,100vw - 32px);background:var(--up);border:1px solid #0000;border-radius:10px;box-shadow:var(--sh);padding:5px;font-size:var(--sm)}
.toast .menu{inset-block:auto 36px}
.menu p{padding:6px 10px 3px;font-size:.75rem;color:var(--m)}
.menu div+div{border-top:1px solid var(--l);margin-top:5px;padding-top:5px}
.menu button{display:flex;gap:9px;align-items:center;width:100%;min-height:32px;padding:4px 10px;border-radius:6px;text-align:start;font-weight:400}
.menu svg,.menu small{color:var(--m)}
.menu small{margin-inline-start:auto;font-size:inherit}
.menu button:hover{background:color-mix(in oklab,var(--i) 7%,#0000)}
.menu button:focus-visible{outline-offset:-2px}
@media(max-width:760px){.banner,.inline{flex-wrap:wrap}:is(.banner,.inline)>p{flex-basis:60%}:is(.banner,.inline)>.plain{order:2}.menu button{min-height:44px;min-width:44px}}`
