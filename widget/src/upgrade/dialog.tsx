import type { VNode } from 'preact'
import { money } from '../format.ts'
import { words } from '../messages.ts'
import { Bill } from './bill.tsx'
import type { FaceInput } from './face.tsx'
import { faces, plainFace } from './faces.tsx'
import { Head } from './head.tsx'
import { upgradeEnglish } from './messages.ts'

export type DialogInput = Pick<FaceInput, 'flow' | 'softgate' | 'now' | 'parts' | 'onPortal' | 'card'>

/** The upgrade dialog: one frame for the faces of all steps. */
export function UpgradeDialog(input: DialogInput): VNode {
  const say = words('upgrade', upgradeEnglish)
  const { flow, parts } = input
  const step = flow.step.value
  const shown = shownOf(input)
  const face = (faces[step] ?? parts.faces?.[step] ?? plainFace)(shown)
  const { title, body, mark, alert, note, content, actions, fine } = face
  const { amount, quote } = shown
  const ready = step === 'quote' && flow.waiting.value === 'no' && quote
  const news = ready ? `${say.dueToday} ${amount}` : step === 'paying' ? say.paying(amount) : ''
  return (
    <dialog part="dialog" aria-labelledby="t" class={`upgrade ${step}`}>
      <Head id="t" title={title} body={body} mark={mark} alert={alert} onClose={flow.close} />
      {note}
      {content}
      <div class="acts">{actions}</div>
      {fine && <small class="fine">{fine}</small>}
      <span class="vh" role="status">
        {news}
      </span>
    </dialog>
  )
}

/** What the faces share, from where the flow stands. */
function shownOf(input: DialogInput): FaceInput {
  const say = words('upgrade', upgradeEnglish)
  const { flow, now } = input
  const last = flow.quote.value
  const quote = flow.waiting.value === 'bones' ? null : last
  const offer = flow.offer.value
  const { decision } = flow.subject.value ?? {}
  const quantity = flow.quantity.value
  const units =
    offer?.kind === 'add' ? decision?.limit != null && decision.limit + quantity : offer?.quantity && quantity
  const charged = last?.dueNow ?? flow.upgrade.value?.dueNow
  const amount = charged ? money(charged) : ''
  const what = units ? (quote?.tax.amount ? say.withTax : say.units)(units, offer?.unit ?? null) : ''
  const bones = last ? last.lines.length + last.taxes.length : 1
  return {
    ...input,
    offer,
    quote,
    amount,
    bill: <Bill quote={quote} bones={bones} before={flow.before.value} now={now} what={what} />,
    due: (
      <div class="bill">
        <div class="row due">
          <span>{say.dueToday}</span>
          <bdi>{amount}</bdi>
        </div>
      </div>
    ),
  }
}
