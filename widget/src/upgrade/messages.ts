export const upgradeEnglish = {a:''}
