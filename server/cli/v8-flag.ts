/** With what a server under load is started: else V8 takes what lives as long as a request for something old. See the README, "Speed". */
export const v8Flag = '--no-allocation-site-pretenuring'
