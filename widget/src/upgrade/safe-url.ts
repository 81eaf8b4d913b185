/** An address that a link may lead to; undefined for `javascript:` and whatever else is none. */
export const safeUrl = (url: string | null | undefined): string | undefined =>
  /^https?:\/\//i.test(url ?? '') ? (url ?? undefined) : undefined
