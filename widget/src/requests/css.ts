export const requestsCss = `.group{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s);overflow:hidden;margin-bottom:24px}
.tabs{display:flex;gap:20px;border-bottom:1px solid var(--l);margin-bottom:24px;font-size:var(--sm)}
.tabs button{min-height:32px;padding:0 0 10px;margin-bottom:-1px;border-radius:0;border-bottom:2px solid #0000;font-weight:400;color:var(--m)}
.tabs [aria-selected=true]{color:var(--i);font-weight:500;border-color:var(--i)}
.row,.head{display:flex;gap:12px;align-items:center;padding:12px 16px}
.head{gap:16px;background:var(--sunk)}
.head .main,.head .plain{display:flex;gap:8px;align-items:center;justify-content:center}
.row{flex-wrap:wrap}
*+.row,.head+ul{border-top:1px solid var(--l)}
.row>div,.head>div{flex:1;min-width:0}
.row b{font-weight:500}
ul{list-style:none;padding:0}
h2{font-size:inherit;font-weight:600}
input{width:18px;height:18px;margin:3px;accent-color:var(--a)}
.quiet{color:var(--m);min-height:32px;padding:0 8px}
small,.row p{font-size:var(--sm)}
small{color:var(--m)}
.when{white-space:nowrap}
.tag{display:inline-flex;gap:5px;align-items:center;padding:2px 8px;border-radius:99px;background:var(--t);font-size:.75rem;font-weight:500}
.tag svg{width:12px;height:12px;stroke-width:2}
.granted,.done{--o:var(--softgate-ok,light-dark(oklch(.51 .13 155),oklch(.76 .14 155)));color:var(--o);background:color-mix(in oklab,var(--o) 10%,var(--s))}
.av{width:28px;height:28px;border-radius:50%;display:grid;grid-auto-flow:column;place-content:center;align-items:center;flex:none;font-size:11px;font-weight:600;background:light-dark(oklch(.92 .04 var(--h,268)),oklch(.38 .06 var(--h,268)));color:light-dark(oklch(.36 .09 var(--h,268)),oklch(.93 .03 var(--h,268)))}
.done{width:32px;height:32px;border-radius:50%;display:grid;place-items:center;flex:none}
.done svg{stroke-width:2.2}
.row>.reply{flex-basis:100%;display:grid;gap:10px}
.chips{display:flex;flex-wrap:wrap;gap:6px}
.chips button{border:1px solid var(--b);border-radius:99px;padding:3px 11px;min-height:28px;font-size:var(--sm);font-weight:400;background:var(--s)}
.chips [aria-pressed=true]{background:var(--as);border-color:var(--a)}
.acts{display:flex;gap:8px}
label{font-size:var(--sm);font-weight:500}
label span{font-weight:400}
textarea{width:100%;padding:8px 12px;font:inherit;color:inherit;border:1px solid var(--b);border-radius:var(--r);background:var(--s);resize:vertical}
a{display:inline-flex;align-items:center;min-height:24px;color:var(--a);text-underline-offset:3px}
.empty{display:grid;justify-items:center;gap:2px;margin-bottom:24px;text-align:center;padding:28px 16px;border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);background:var(--s)}
.empty svg{width:18px;height:18px;color:var(--m);margin-bottom:6px}
[aria-disabled=true]{cursor:default;background:var(--t);color:var(--m);border-color:#0000}
.link[aria-disabled=true]{background:none}
.spin{width:14px;height:14px;border-radius:50%;border:2px solid;border-block-start-color:#0000;flex:none}
@media(prefers-reduced-motion:no-preference){.spin{animation:t .9s linear infinite}@keyframes t{to{rotate:1turn}}}
@media(max-width:760px){.head{flex-direction:column;align-items:stretch}.head>.plain,.head>.main{white-space:normal}.row>div{flex-basis:50%}.row>.av,.when{display:none}.plain,.main,.quiet,.chips button,.tabs button,.row a{min-height:44px}input{width:24px;height:24px}}`
