import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { widgetFiles } from '../support/widget-files.ts'

/** Bytes that a page loads, minified and compressed, with everything in them but Stripe.js. */
const limits = { metersAndGates: 14_000, withDialog: 21_400 }

test('the script tag stays small, also when the dialog has come', async () => {
  const files = await widgetFiles()
  const bytes = (text: string): number => gzipSync(text, { level: 9 }).length
  const dialog = [...files].filter(([, text]) => text.includes('createDialogHost')).map(([name]) => name)
  const later = dialog.filter((name) => name !== 'widget.js')
  expect(later).toHaveLength(1)
  const first = bytes(files.get('widget.js') ?? '')
  expect(first).toBeLessThanOrEqual(limits.metersAndGates)
  expect(first + bytes(files.get(later[0] ?? '') ?? '')).toBeLessThanOrEqual(limits.withDialog)
})
