import type { AccessRequest } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { spoken } from '../about.ts'
import { asksVendor } from '../client.ts'
import { number } from '../format.ts'
import { Icon } from '../icons.tsx'
import { locale, words } from '../messages.ts'
import { action, type Faces, type Part } from './face.tsx'
import { upgradeEnglish } from './messages.ts'
import { peopleEnglish } from './people-messages.ts'

const css = `.heads{display:flex;gap:3px}
.heads i{width:28px;height:28px;border-radius:50%;display:grid;place-items:center;background:var(--as);font:600 11px/1 var(--softgate-font,system-ui,sans-serif)}`

const check = 'm3.5 8.5 3 3 6-7'
const say = () => words('people', peopleEnglish)

const list = (names: readonly string[]): string => new Intl.ListFormat(locale()).format(names)
const firstNames = (names: readonly string[]): string => list(names.map((name) => name.split(' ')[0] ?? name))
/** `PN`, of Priya Nair. */
const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toLocaleUpperCase() ?? '')
    .join('')

/** Some people: their initials, a sentence, and what they are here. */
const People = ({ names, text, note }: { names: readonly string[]; text: string; note: string }): VNode => (
  <div class="who" part="people">
    <span class="heads" aria-hidden="true">
      {names.slice(0, 3).map((name) => (
        <i>{initials(name)}</i>
      ))}
    </span>
    <div>
      {text}
      <br />
      <small>{note}</small>
    </div>
  </div>
)

/** Who waits for what is about to be bought; nothing where nobody does. */
function Waiting({ people }: { people: readonly AccessRequest[] }): VNode | null {
  const names = people.map(({ name, user }) => name ?? user)
  return names.length === 0 ? null : (
    <People names={names} text={say().waiting(firstNames(names), names.length)} note={say().waitingWhy} />
  )
}

const faces: Faces = {
  ask({ flow, softgate }) {
    const { notNow } = words('upgrade', upgradeEnglish)
    const { prompt } = flow.subject.value ?? {}
    const { admins = [], copy, delivery } = prompt ?? {}
    return {
      title: copy?.title,
      body: copy?.body,
      content: [
        admins.length > 0 && (
          <People
            names={admins}
            text={list(admins)}
            note={say().adminsOf(softgate.state.value?.account.name ?? '', admins.length)}
          />
        ),
        // What the server words, says so itself.
        asksVendor(softgate) && !delivery && <p class="muted">{say().vendorWhy}</p>,
        <div>
          <label for="w">{say().word}</label>
          <textarea
            id="w"
            class="field"
            rows={2}
            maxLength={500}
            value={flow.note.value}
            onInput={({ currentTarget }) => {
              flow.note.value = currentTarget.value
            }}
          />
        </div>,
      ],
      actions: [
        action(copy?.dismiss || notNow, flow.cancel),
        action(say().send, () => void flow.send(), { main: true, still: flow.sending.value }),
      ],
    }
  },
  sent({ flow, softgate }) {
    const { admins = [] } = flow.subject.value?.prompt ?? {}
    const { feature = '', quantity = 1, note } = flow.request.value ?? {}
    const vendor = asksVendor(softgate)
    const { title, unit } = softgate.state.value?.about[feature] ?? {}
    return {
      title: vendor ? say().sentVendor : say().sent(admins.length > 3 ? '' : firstNames(admins)),
      body: vendor ? say().sentVendorWhy : say().sentWhy,
      mark: { path: check, tone: 'ok' },
      content: (
        <ul>
          <li>
            <Icon path={check} />
            {unit ? `${number(quantity)} ${quantity === 1 ? unit.one : unit.other}` : (title ?? spoken(feature))}
          </li>
          {note && (
            <li>
              <Icon path={check} />“{note}”
            </li>
          )}
        </ul>
      ),
      actions: [
        action(say().takeBack, () => void flow.takeBack(), { still: flow.sending.value }),
        action(say().done, flow.close, { main: true }),
      ],
    }
  },
}

/** For members: no price, and no dead end. It loads with the question of who may not buy. */
export const part: Part = { css, faces, Waiting }
