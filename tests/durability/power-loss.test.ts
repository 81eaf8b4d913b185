import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../support/folder.ts'
import { canMountFile, makeDisk, mountDisk } from '../support/mount.ts'
import { createClient, startOn } from './client.ts'

const megabyte = 1_048_576
/** More on demand. */
const rounds = Number(process.env.SOFTGATE_POWER_LOSSES ?? 2)

// A killed process leaves what it wrote in the machine's memory; a copy of the disk as it lies has only what was synced to it.
test.skipIf(!canMountFile)(
  'the power goes: the disk alone has everything that was acknowledged',
  async () => {
    let image = makeDisk(64 * megabyte)
    let file = join(mountDisk(image), 'softgate.db')
    let server = await startOn(file)
    const client = await createClient(server)
    for (let round = 0; round < rounds; round++) {
      const left = join(freshFolder(), 'disk.img')
      await client.pour(server, 150, async () => {
        server.signal('SIGSTOP')
        copyFileSync(image, left)
        await server.kill()
      })
      image = left
      file = join(mountDisk(image), 'softgate.db')
      server = await startOn(file)
      await client.judge(server)
    }
    await server.kill()
    expect(client.acknowledged).toBeGreaterThanOrEqual(150 * rounds)
  },
  300_000,
)
