import type { VNode } from 'preact'

export const pickCss = `.pick{display:flex;padding:3px;border:0;border-radius:var(--r);background:var(--t);min-width:0}
.pick label{position:relative;padding:6px 12px;border-radius:6px;cursor:pointer;font-size:var(--sm);font-weight:500}
.pick input{position:absolute;inset:0;width:100%;height:100%;opacity:0;cursor:inherit}
.pick label:has(:checked){background:var(--up);box-shadow:0 1px 2px #0000001f}
.pick label:has(:focus-visible){outline:2px solid var(--a);outline-offset:2px}
@media(max-width:760px){.pick{width:100%}.pick label{flex:1;text-align:center;min-height:44px;align-content:center}}
@media(forced-colors:active){.pick label:has(:checked){border:1px solid}}`

export interface PickInput<T extends string> {
  label: string
  choices: readonly (readonly [value: T, label: string])[]
  value: T
  onPick(value: T): void
}

/** One of a few, side by side. */
export const Pick = <T extends string>({ label, choices, value, onPick }: PickInput<T>): VNode => (
  <div class="pick" role="radiogroup" aria-label={label}>
    {choices.map(([key, text]) => (
      <label key={key}>
        <input type="radio" name="pick" checked={key === value} onChange={() => onPick(key)} />
        {text}
      </label>
    ))}
  </div>
)
