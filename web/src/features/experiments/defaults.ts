import { useMemo } from 'react'
import { useFirstRows } from '@/api/experiments'
import type { Column } from '@/api/types'
import { chooseColumns, findVarying, type TableColumn } from '@/features/experiments/columns'

const LOOKED_AT = 100 // parameters and experiments looked at to find what differs

interface Place {
  workspace: string
  project: string
}

/** The columns a project shows until the user chooses; undefined while on its way. `isOn` false asks nothing. */
export function useDefaultColumns(
  { workspace, project }: Place,
  available: readonly Column[] | undefined,
  isOn: boolean,
): readonly TableColumn[] | undefined {
  const parameters = useMemo(() => available?.filter(column => column.kind === 'parameter').slice(0, LOOKED_AT), [available])
  const search = { workspace, project, text: '', is_archived: false, columns: parameters ?? [] }
  const hasAny = parameters !== undefined && parameters.length > 0
  const first = useFirstRows(search, LOOKED_AT, isOn && hasAny)
  return useMemo(() => {
    if (!available || (hasAny && first.isPending && isOn)) return undefined
    return chooseColumns(
      available,
      hasAny && first.data
        ? findVarying(
            parameters.map(column => column.name),
            first.data.rows,
          )
        : [],
    )
  }, [available, parameters, hasAny, first.data, first.isPending, isOn])
}
