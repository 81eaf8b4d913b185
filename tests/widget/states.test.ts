import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import { misfits } from '../support/fit.ts'
import { takePictures } from '../support/pictures.ts'
import { openWidgetPage } from '../support/widget-page.ts'
import { changeWalks } from './states/change.ts'
import { dialogWalks } from './states/dialog.ts'
import { haltedWalks } from './states/halted.ts'
import { pageWalks } from './states/page.ts'
import { planWalks } from './states/plans.ts'
import { promptWalks } from './states/prompts.ts'
import { requestWalks } from './states/requests.ts'
import { vendorWalks } from './states/vendor.ts'

for (const { name, options, placed, states } of [
  ...pageWalks,
  ...promptWalks,
  ...requestWalks,
  ...dialogWalks,
  ...haltedWalks,
  ...vendorWalks,
  ...changeWalks,
  ...planWalks,
])
  test(`${name}: ${states.map(([state]) => state).join('; ')}`, async () => {
    const widget = await openWidgetPage(options)
    const found: string[] = []
    for (const [state, reach] of states) {
      const goOn = await reach(widget)
      await takePictures(widget.page, `${name} ${state}`)
      const unfit = placed ? [] : await misfits(widget.page)
      for (const fault of [...(await faultsInBothThemes(widget.page)), ...unfit]) found.push(`${state}: ${fault}`)
      if (typeof goOn === 'function') goOn()
    }
    expect(found).toEqual([])
    expect(widget.complaints).toEqual([])
  })
