/**
 * The visual language. Every custom property `--softgate-…` is the host's to set, on any ancestor; what is not set has the
 * value here. Short private names stand for them, as a value set on `:host` would hide the ancestors'. Dark follows the
 * page's `color-scheme`. Borders without a colour are seen where colours are forced.
 */
export const baseCss = `:host{
--a:var(--softgate-accent,light-dark(oklch(.53 .19 268),oklch(.72 .14 268)));
--as:var(--softgate-accent-soft,light-dark(oklch(.96 .025 268),oklch(.285 .042 268)));
--i:var(--softgate-ink,light-dark(oklch(.24 .02 268),oklch(.95 .01 268)));
--m:var(--softgate-ink-muted,light-dark(oklch(.48 .02 268),oklch(.75 .015 268)));
--l:var(--softgate-line,light-dark(oklch(.91 .008 268),oklch(.36 .015 268)));
--s:var(--softgate-surface,light-dark(#fff,oklch(.22 .012 268)));
--w:var(--softgate-warn,light-dark(oklch(.54 .12 65),oklch(.8 .14 80)));
--x:var(--softgate-stop,light-dark(oklch(.53 .19 25),oklch(.73 .16 25)));
--t:light-dark(oklch(.925 .008 268),oklch(.34 .014 268));
--sunk:var(--softgate-surface-sunken,light-dark(oklch(.975 .005 268),oklch(.19 .01 268)));
--b:color-mix(in oklab,var(--m) 66%,var(--s));
--up:var(--softgate-surface-raised,light-dark(#fff,oklch(.26 .014 268)));
--sh:var(--softgate-shadow,0 1px 2px #0000000f,0 8px 32px #0000001f),0 0 0 1px light-dark(#0000000d,#ffffff14);
--sm:var(--softgate-text-sm,.8125rem);
--r:var(--softgate-radius-control,8px);
display:block;color:var(--i);font:400 var(--softgate-text-md,.875rem)/1.45 var(--softgate-font,system-ui,sans-serif)}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0}
b{font-weight:600}
.muted{color:var(--m)}.muted b{color:var(--i)}
button{font:inherit;font-weight:500;color:inherit;background:none;border:0;padding:0;cursor:pointer;border-radius:var(--r);white-space:nowrap}
:focus-visible{outline:2px solid var(--a);outline-offset:2px}
svg{width:14px;height:14px;flex:none;fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.link{color:var(--a);min-height:24px}
.main,.plain{min-height:36px;padding:0 14px;border:1px solid #0000}
.main{background:var(--a);color:var(--softgate-on-accent,light-dark(#fff,oklch(.2 .04 268)))}
.main:hover{background:color-mix(in oklab,var(--a) 90%,var(--i))}
.plain{border-color:var(--b);background:var(--up)}
.plain:hover,.icon:hover,.quiet:hover{background:color-mix(in oklab,var(--i) 6%,var(--up))}
.bone{display:inline-block;width:56px;height:.75em;border-radius:4px;background:var(--t)}
@media(max-width:760px){.main,.plain,.link{min-height:44px}}`
