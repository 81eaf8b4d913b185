export const meterCss = `.bar,.ring,.compact{--f:var(--a);font-size:var(--sm)}
.bar{display:grid;gap:7px}
.row,.ring,.compact,.row>span:first-child{display:flex;gap:8px;align-items:center}
.row{justify-content:space-between}
[part=label]{font-weight:500}
.warn,.grace{--f:light-dark(oklch(from var(--w) calc(l + .15) calc(c + .035) calc(h + 5)),var(--w));--o:var(--w)}
.blocked{--f:var(--x);--o:var(--x)}
.stale{--f:var(--m);--o:var(--m)}
.tone{color:var(--o,var(--m))}
.track{position:relative;height:8px;border-radius:4px;background:var(--t)}
.compact .track{width:32px;height:6px}
.track>*{position:absolute;inset-block:0;border-radius:4px}
.track i{inset-inline-start:0;width:var(--at);background:var(--f);min-width:8px;transition:width var(--softgate-calm,.2s)}
.compact s{display:none}
.unlimited .track{background:linear-gradient(90deg,var(--a),var(--t) 45%)}
.track u{inset-inline:var(--at) 0;background:repeating-linear-gradient(115deg,var(--w) 0 2px,color-mix(in oklab,var(--w) 22%,var(--s)) 2px 5px)}
.track s{inset-block:-3px;inset-inline-start:var(--soft);width:2px;background:var(--m)}
.dial{position:relative;display:grid;place-items:center}
.dial>*{grid-area:1/1}
.dial svg:first-child{width:48px;height:48px;rotate:-90deg;stroke-width:5;stroke:var(--t)}
.dial circle+circle{stroke:var(--f)}
.bone{display:inline-block;width:56px;height:.75em;border-radius:4px;background:var(--t)}
@media(prefers-reduced-motion){.track i{transition:none}}
@media(forced-colors:active){.track{border:1px solid}.track i{background:CanvasText;forced-color-adjust:none}.track s{background:Highlight;forced-color-adjust:none}}`
