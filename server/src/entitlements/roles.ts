import type { Decision } from '@softgate/sdk/contract'
import type { Feature } from '../catalog/model.ts'

const isIn = (roles: readonly string[] | undefined, role: string | null): boolean =>
  roles === undefined || (role !== null && roles.includes(role))

/** Whether someone with this role may ask for a feature; null for one without a role. */
export const mayAsk = ({ roles }: Feature, role: string | null): boolean => isIn(roles?.ask, role)

/** A decision as it is for someone with this role: what the account may do, they may still not. */
export function forRole(decision: Decision, feature: Feature, role: string | null): Decision {
  const { roles } = feature
  if (!roles) return decision
  const hidden = isIn(roles.see, role) ? {} : { hidden: true }
  return isIn(roles.use, role)
    ? { ...decision, ...hidden }
    : { ...decision, ...hidden, state: 'locked', allowed: false, reason: 'role_not_allowed' }
}
