import { html, raw } from 'hono/html'

type Content = ReturnType<typeof html>

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dce3, #3a3f4b); --soft: light-dark(#5b6270, #a3aab8); --accent: #4f46e5;
  --stop: light-dark(#b42318, #ff9d92); --stop-soft: light-dark(#fdecea, #4a1f1b); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#f5f6f8, #14161b); color: light-dark(#1b1f27, #eceef2); }
main { max-width: 26rem; margin: 3rem auto; padding: 1.75rem; background: light-dark(#fff, #1d2027); border: 1px solid var(--line); border-radius: 12px; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .25rem; } h2 { font-size: 1rem; font-weight: 600; margin: 1.5rem 0 .25rem; }
p { margin: 0 0 1rem; } small, .soft { color: var(--soft); font-size: .8125rem; }
dl { display: grid; grid-template-columns: 1fr auto; row-gap: .375rem; margin: 1rem 0; }
dt, dd { margin: 0; } dd { font-variant-numeric: tabular-nums; text-align: end; padding-inline-start: 1rem; }
dl .total { font-weight: 600; border-top: 1px solid var(--line); padding-top: .5rem; }
label { display: block; font-weight: 500; margin-bottom: .25rem; }
input { width: 100%; height: 40px; padding: 0 .75rem; font: inherit; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; }
label.choice { display: flex; align-items: center; gap: .5rem; font-weight: 400; } label.choice input { width: 5rem; } label + input { margin-bottom: .5rem; } button + label, form + form { margin-top: 1rem; }
button { width: 100%; height: 42px; margin-top: .75rem; font: inherit; font-weight: 500; border-radius: 8px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
a { color: inherit; } .alert { padding: .625rem .75rem; border-radius: 8px; color: var(--stop); background: var(--stop-soft); }
details { margin-top: 1.25rem; } td { padding: .125rem .75rem .125rem 0; font-variant-numeric: tabular-nums; }
`

/** A page of the sandbox: plain, legible, in the colours that the system prefers, without a script. */
export const layout = (title: string, content: Content): Content => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="icon" href="data:," />
      <title>${title}</title>
      <style>
        ${raw(STYLE)}
      </style>
    </head>
    <body>
      <main>${content}</main>
    </body>
  </html>`

/** What went wrong, said to a screen reader too. */
export const alert = (message: string | undefined): Content | '' =>
  message ? html`<p class="alert" role="alert">${message}</p>` : ''

/** The field for a card number, filled with the good test card. */
export const cardField = (number = '4242 4242 4242 4242'): Content => html`
  <label for="number">Card number</label>
  <input id="number" name="number" value="${number}" inputmode="numeric" autocomplete="off" required />
`

/** The cards worth trying, each with what it does. */
export const cardHelp = (): Content => html`
  <details>
    <summary class="soft">Test cards</summary>
    <table class="soft">
      <tr><td>4242 4242 4242 4242</td><td>pays</td></tr>
      <tr><td>4000 0027 6000 3184</td><td>asks for 3-D Secure, then pays</td></tr>
      <tr><td>4000 0000 0000 0002</td><td>is declined</td></tr>
      <tr><td>4000 0000 0000 9995</td><td>has insufficient funds</td></tr>
    </table>
  </details>
`
