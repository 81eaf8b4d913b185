const sheets = new Map<string, CSSStyleSheet>()
let nonce = ''

/** The page's nonce, for browsers without constructable style sheets under a policy that names one. */
export const useNonce = (value: string): void => {
  nonce = value
}

/** Gives a shadow its styles: shared sheets, which no content security policy forbids. */
export function adopt(root: ShadowRoot, css: string): void {
  if (!root.adoptedStyleSheets) {
    const style = document.createElement('style')
    style.nonce = nonce
    style.textContent = css
    // Beside what Preact draws, which is the first child; render() leaves strangers alone.
    root.append(style)
    return
  }
  let sheet = sheets.get(css)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    sheets.set(css, sheet)
  }
  root.adoptedStyleSheets.push(sheet)
}
