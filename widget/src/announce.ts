let region: HTMLElement | null = null

/**
 * Says something to those who do not see it change: one polite region for all elements of the page, which has to be there
 * before it has a text. The same sentence from two elements is said once.
 */
export function announce(text: string): void {
  if (!region?.isConnected) {
    region = document.createElement('div')
    region.role = 'status'
    // By the object model: a style attribute is what a strict policy forbids.
    region.style.cssText = 'position:fixed;clip-path:inset(50%)'
    document.body.append(region)
  }
  if (region.textContent !== text) region.textContent = text
}
