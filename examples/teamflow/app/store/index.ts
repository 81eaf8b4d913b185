import { type Boards, createBoards } from './boards.ts'
import { createMemory, type Memory } from './memory.ts'
import { openDatabase } from './open.ts'
import { createPeople, type People } from './people.ts'
import { createTeam, type Team } from './team.ts'

export interface Store {
  people: People
  boards: Boards
  team: Team
  memory: Memory
  /** All or nothing. */
  together(work: () => void): void
  close(): void
}

export function openStore(folder: string | null): Store {
  const db = openDatabase(folder)
  return {
    people: createPeople(db),
    boards: createBoards(db),
    team: createTeam(db),
    memory: createMemory(db),
    together: (work) => db.transaction(work)(),
    close: () => void db.close(),
  }
}
