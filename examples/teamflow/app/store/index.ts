import { type Boards, createBoards } from './boards.ts'
import { openDatabase } from './open.ts'
import { createPeople, type People } from './people.ts'
import { createTeam, type Team } from './team.ts'

export interface Store {
  people: People
  boards: Boards
  team: Team
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
    together: (work) => db.transaction(work)(),
    close: () => void db.close(),
  }
}
