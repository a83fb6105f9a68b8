import { readFlag, readText } from '@/lib/url-state'

/** The states an experiment can be in, in the order in which a filter offers them. */
export const STATES = ['running', 'finished', 'failed', 'killed', 'lost'] as const
export type StateName = (typeof STATES)[number]

/** The table's state as it stands in the URL; what is left out is its default. */
export interface TableView {
  /** Text to search for. */
  q?: string
  /** States to show, with commas. */
  states?: string
  /** Show what is archived instead. */
  archived?: true
  /** See `encodeColumns`; left out, the project's defaults. */
  columns?: string
  /** See `encodeSort`; left out, the newest first. */
  sort?: string
}

/** Reads the URL's search part; what is not understood is dropped. */
export function readTableView(search: Record<string, unknown>): TableView {
  const view: TableView = {}
  const q = readText(search['q'])
  const states = decodeStates(readText(search['states'])).join(',')
  const columns = readText(search['columns'])
  const sort = readText(search['sort'])
  if (q) view.q = q.slice(0, 1000)
  if (states) view.states = states
  if (readFlag(search['archived'])) view.archived = true
  if (columns) view.columns = columns
  if (sort) view.sort = sort
  return view
}

/** The states named in the URL, each once, in order. */
export function decodeStates(text: string | undefined): StateName[] {
  const named = new Set(text?.split(','))
  return STATES.filter(state => named.has(state))
}
