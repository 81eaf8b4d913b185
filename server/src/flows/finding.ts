import type { Finding } from '@softgate/sdk/contract'

/** Something that differs and is not mended yet. */
export const finding = (code: Finding['code'], subject: string, detail: string, way: string): Finding => ({
  code,
  subject,
  detail,
  way,
  mended: false,
})
