import type { Override, OverrideInput, OverridesAnswer } from '@softgate/sdk/contract'
import { fits } from '../catalog/validate-limits.ts'
import type { OverrideRecord } from '../entitlements/entitle.ts'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, changed, featureUnknown, snapshotOf } from './context.ts'

/** Gives an account something of a feature that its plan does not, or takes it away; replaces what was given before. */
export async function putOverride(
  context: Context,
  { account, feature }: { account: string; feature: string },
  { trial = false, ...input }: OverrideInput,
): Promise<OverridesAnswer> {
  const now = context.clock.now()
  await snapshotOf(context, account)
  const record: OverrideRecord = {
    account,
    feature,
    kind: trial ? 'trial' : 'override',
    grant: input.grant,
    reason: input.reason,
    author: input.author,
    endsAt: input.endsAt == null ? null : Date.parse(input.endsAt),
    createdAt: now,
  }
  refuseUnfit(context, record, now)
  await context.database.transaction(account, async ({ overrides }) => {
    const before =
      trial && (await overrides.list(account)).find((one) => one.feature === feature && one.kind === 'trial')
    if (before && before.endsAt !== null && before.endsAt <= now)
      throw new ProblemError(
        'trial_used',
        `${account} had ${feature} on trial until ${toIso(before.endsAt)}. Use an override instead.`,
      )
    await overrides.save(before ? { ...record, createdAt: before.createdAt } : record)
  })
  changed(context, account)
  return getOverrides(context, { account, feature })
}

function refuseUnfit({ catalog }: Context, { feature, kind, grant, endsAt }: OverrideRecord, now: number): void {
  const spec = catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  if (grant !== null && !fits(spec, grant))
    throw new ProblemError(
      'invalid_request',
      `grant: ${JSON.stringify(grant)} does not fit ${feature}, which is ${spec.kind}.`,
    )
  if (endsAt !== null && endsAt <= now) throw new ProblemError('invalid_request', 'endsAt: must lie ahead.')
  if (kind === 'trial' && (endsAt === null || grant === null))
    throw new ProblemError('invalid_request', 'trial: gives something and ends; name a grant and endsAt.')
}

export async function getOverrides(
  context: Context,
  { account, feature }: { account: string; feature: string },
): Promise<OverridesAnswer> {
  await snapshotOf(context, account)
  if (!(feature in context.catalog.features)) throw featureUnknown(feature)
  const mine = (await context.database.read.overrides.list(account)).filter((one) => one.feature === feature)
  const of = (kind: OverrideRecord['kind']): Override | null => {
    const found = mine.find((one) => one.kind === kind)
    return found ? toOverride(found) : null
  }
  return { override: of('override'), trial: of('trial') }
}

/** Removes the override, or where there is none ends the trial that runs. */
export async function deleteOverride(
  context: Context,
  { account, feature }: { account: string; feature: string },
): Promise<OverridesAnswer> {
  const now = context.clock.now()
  await snapshotOf(context, account)
  await context.database.transaction(account, async ({ overrides }) => {
    const mine = (await overrides.list(account)).filter((one) => one.feature === feature)
    const override = mine.find(({ kind }) => kind === 'override')
    const trial = mine.find(({ kind, endsAt }) => kind === 'trial' && endsAt !== null && endsAt > now)
    if (override) await overrides.remove(override)
    else if (trial) await overrides.save({ ...trial, endsAt: now })
    else throw new ProblemError('override_unknown', `${account} has no override of ${feature}, and no trial that runs.`)
  })
  changed(context, account)
  return getOverrides(context, { account, feature })
}

const toOverride = ({ kind, grant, endsAt, createdAt, ...rest }: OverrideRecord): Override => ({
  ...rest,
  grant: grant === 'purchased' ? null : grant,
  trial: kind === 'trial',
  endsAt: toIsoOrNull(endsAt),
  createdAt: toIso(createdAt),
})
