/** The table's state as it stands in the URL. */
export interface TableView {
  q?: string
}

/** Reads the URL's search part; what is not understood is dropped. */
export function readTableView(search: Record<string, unknown>): TableView {
  return typeof search['q'] === 'string' && search['q'] ? { q: search['q'] } : {}
}
