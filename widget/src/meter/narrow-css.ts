/** Beside the meter's own. */
export const narrowCss = `.ring{display:flex;gap:12px;align-items:center}
.compact .line{display:inline-flex;min-height:24px;white-space:nowrap}
.compact b{font-weight:400}
.compact svg{color:var(--o,var(--m))}
.compact .track{width:32px;height:6px;overflow:hidden}
.compact s{display:none}
.dial{display:grid;place-items:center;font-size:.75rem;color:var(--i)}
.dial>*{grid-area:1/1}
.dial svg{color:var(--f)}
.dial svg:first-child{width:48px;height:48px;rotate:-90deg;stroke-width:5;stroke:var(--t)}
.dial:dir(rtl)>svg:first-child{scale:1 -1}
.dial .fill{stroke:var(--f)}
.grace .fill{stroke-linecap:butt}
.grace .rest,.unlimited .rest{stroke-dasharray:2 2;stroke-linecap:butt}
.grace .rest{stroke:color-mix(in oklab,var(--w) 40%,var(--s))}`
