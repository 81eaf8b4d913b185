export const meterCss = `[part=meter]{--f:var(--a);font-size:var(--sm)}
.bar{display:grid;gap:7px}
.line,.bar .line>span:first-child{display:flex;gap:8px;align-items:center}
.line{justify-content:space-between}
[part=value]{font-variant-numeric:tabular-nums}
[part=label]{font-weight:500}
.warn,.grace{--f:light-dark(oklch(from var(--w) calc(l + .15) calc(c + .035) calc(h + 5)),var(--w));--o:var(--w)}
.blocked{--f:var(--x);--o:var(--x)}
.stale{--f:color-mix(in oklab,var(--m) 65%,var(--s));--o:var(--m)}
.tone{margin-bottom:-5px}
.tone .link{margin-block:-3px}
.tone{color:var(--o,var(--m))}
[name=context],.stale{color:var(--m)}
.track{position:relative;height:8px;border-radius:4px;background:var(--t)}
.track>*{position:absolute;inset-block:0;border-radius:4px}
.track i{inset-inline-start:0;width:var(--at);background:var(--f);min-width:8px}
@media(prefers-reduced-motion:no-preference){.track i{transition:width var(--softgate-calm,.2s)}}
.unlimited .track{background:linear-gradient(90deg,color-mix(in oklab,var(--a) 55%,var(--s)),var(--t) 45%,#0000)}
.unlimited .track:dir(rtl){scale:-1 1}
.track u{inset-inline:var(--at) 0;border-radius:0;background:repeating-linear-gradient(115deg,var(--o) 0 2px,color-mix(in oklab,var(--o) 22%,var(--s)) 2px 5px)}
.track s{inset-block:-3px;inset-inline-start:var(--soft);width:2px;margin-inline-start:-1px;background:var(--m)}
.bar>.bone{width:40%}
@media(forced-colors:active){.track{border:1px solid;--f:CanvasText;--o:CanvasText;--s:Canvas;--m:Highlight}.track>*{forced-color-adjust:none}}`
