/** Within its own dialogs: prompts stand in the same shadow, and have names in common. A `:where` weighs nothing. */
export const upgradeCss = `:host{--ok:var(--softgate-ok,light-dark(oklch(.51 .13 155),oklch(.76 .14 155)))}
@keyframes t{to{rotate:1turn}}
:where(dialog:not(.modal)){position:fixed;inset:0;z-index:2147483000;margin:auto;width:min(448px,100% - 32px);max-height:calc(100% - 32px);overflow:auto;border:1px solid #0000;padding:22px 24px;border-radius:var(--softgate-radius-dialog,16px);background:var(--up);color:inherit;box-shadow:var(--sh);gap:16px;text-align:start;
&[open]{display:grid}
&::backdrop{background:oklch(.18 .02 268/.42)}
.top{display:grid;gap:4px}
h2{font-size:var(--softgate-text-xl,1.25rem);font-weight:600;line-height:1.3;text-wrap:balance;outline:0}
.row{display:flex;justify-content:space-between;gap:4px 16px;align-items:baseline}
>.row{align-items:center}
label,.label{font-weight:500}
label{display:block}
small{font-size:.75rem;color:var(--m)}
.link{display:inline-flex;align-items:center}
.icon{width:32px;height:32px;flex:none;display:grid;place-items:center;color:var(--m);margin:-3px -8px 0 0}
.bill{border-radius:var(--softgate-radius-card,12px);background:var(--sunk);padding:14px 16px;display:grid;gap:10px}
.bill .row{flex-wrap:wrap}
.bill span{flex:1}
.bill small{flex-basis:100%}
bdi{font-variant-numeric:tabular-nums;white-space:nowrap}
.row~.due,.then{border-top:1px solid var(--l);padding-top:11px}
.due{font-weight:600}
.due bdi{font-size:var(--softgate-text-xl,1.25rem);line-height:1.2}
s{color:var(--m);font-weight:400;font-size:.875rem;margin-inline-end:8px}
.bone{width:64px}
.step,.field{border:1px solid var(--b);border-radius:var(--r);background:var(--s)}
.step{display:flex}
.step button,.step input{width:38px;height:38px;display:grid;place-items:center;text-align:center;font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0}
.step input{width:44px;border-inline:1px solid var(--l)}
.field{width:100%;margin-top:6px;padding:8px 12px;font:inherit;color:inherit;display:block}
.acts{display:flex;flex-wrap:wrap;gap:8px;padding-top:4px}
.acts>*{min-height:42px;text-decoration:none;flex:1 0 auto}
.main{display:flex;gap:8px;align-items:center;justify-content:center;font-weight:500;border-radius:var(--r)}
.acts>.main{flex-grow:99}
[aria-disabled=true]{cursor:default}
.step [aria-disabled=true]{opacity:.6}
&:not(.paying) .main[aria-disabled=true]{background:var(--t);color:var(--m)}
.note{display:flex;gap:10px;padding:10px 12px;border-radius:var(--r);background:var(--as);font-size:var(--sm)}
.note svg{color:var(--a);margin-top:3px}
.who{min-height:42px;display:flex;gap:12px;align-items:center}
.who .link{margin-inline-start:auto}
.chip{width:36px;height:24px;border:1px solid var(--l);border-radius:4px;background:#fff;color:#1a2f7a;display:grid;place-items:center;font:italic 700 10px/1 var(--softgate-font,system-ui,sans-serif);text-transform:uppercase}
ul{list-style:none;padding:0;display:grid;gap:10px}
li{display:flex;gap:10px;align-items:center}
li svg{color:var(--ok)}
li .link{margin-inline-start:auto}
.mark{width:40px;height:40px;border-radius:50%;display:grid;place-items:center;margin-bottom:10px;background:color-mix(in oklab,var(--mk) 10%,var(--s));color:var(--mk)}
.mark svg{width:20px;height:20px;stroke-width:2.2}
.ok{--mk:var(--ok)}.info{--mk:var(--a)}.warn{--mk:var(--w)}
.spin{width:14px;height:14px;border-radius:50%;border:2px solid;border-block-start-color:#0000;border-inline-end-color:#0000}
.vh{position:absolute;top:0;clip-path:inset(50%)}
@media(max-width:760px){width:100%;max-width:none;margin-block-end:0;border-end-start-radius:0;border-end-end-radius:0;.acts>*,.step>*,.icon{min-height:44px;min-width:44px}}
@media(prefers-reduced-motion:no-preference){transition:translate .2s,opacity .2s;.spin{animation:t .9s linear infinite}@starting-style{&[open]{translate:0 8px;opacity:0}}}}`
