import type { AccountRecord, SubscriptionRecord, UserRecord } from './model.ts'

/** What accounts need from storage. Writes happen inside the account's transaction. */
export interface AccountStore {
  find(id: string): Promise<AccountRecord | null>
  /** Inserts or replaces the whole row. Fails with `customer_taken` if another account has the Stripe customer. */
  save(account: AccountRecord, now: number): Promise<void>
  idOfCustomer(stripeCustomerId: string): Promise<string | null>
  /** Ids of accounts in order, after the given one. */
  idsAfter(account: string, limit: number): Promise<string[]>
  /** Whether any account is from before an instant. */
  isAnyBefore(at: number): Promise<boolean>
  /** Accounts with their subscriptions, by id, after the given one. */
  after(account: string, limit: number): Promise<{ account: AccountRecord; subscription: SubscriptionRecord | null }[]>
  /** Accounts that have a customer at Stripe, by id, after the given one. */
  customersAfter(account: string, limit: number): Promise<{ id: string; customer: string }[]>
  findUser(account: string, id: string): Promise<UserRecord | null>
  /** Names of at most `limit` users with one of the roles, without `except`, in alphabetical order. An email address is no name. */
  namesInRoles(who: { account: string; roles: readonly string[]; except: string; limit: number }): Promise<string[]>
  /** Names by user, where there are any. An email address is no name. */
  namesOf(account: string, users: readonly string[]): Promise<Map<string, string>>
  saveUser(user: UserRecord, now: number): Promise<void>
  findSubscription(account: string): Promise<SubscriptionRecord | null>
  /** Keeps the newer of two looks at Stripe; false when the stored one is newer and this one was dropped. */
  saveSubscription(subscription: SubscriptionRecord): Promise<boolean>
  /** Subscriptions that were last seen to bill a plan, or any, by account, after the given one. */
  subscribersAfter(plan: string | null, account: string, limit: number): Promise<SubscriptionRecord[]>
  /** Accounts whose subscription was last looked at in a period that is over by `now`, the longest over first. */
  subscriptionsPastPeriod(now: number, limit: number): Promise<{ account: string; id: string }[]>
  /** Accounts whose subscription was last looked at before `before`, oldest first. */
  subscriptionsSeenBefore(before: number, limit: number): Promise<{ account: string; id: string }[]>
}

/** Takes everything of an account away, but for the money that has moved. */
export interface ErasureStore {
  /** Deletes at most `limit` of the account's events and gives how many: writers wait for no more than these. */
  events(account: string, limit: number): Promise<number>
  /** Deletes the account and all that is left of it and of its users; gives how many of each there were. */
  account(account: string): Promise<{ users: number; events: number }>
}
