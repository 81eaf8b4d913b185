export const exactEnglish = {
  /** Exactly, with tax; `7 seats` are all that there are then. */
  exactly: (today: string, recurring: string, interval: string, units: string) =>
    `${today} today, then ${recurring} a ${interval}${units && ` for ${units}`}, with tax.`,
}
