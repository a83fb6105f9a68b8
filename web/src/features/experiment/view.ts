/** The output tab's state as it stands in the URL. */
export interface OutputView {
  q?: string
}

/** Reads the URL's search part; what is not understood is dropped. */
export function readOutputView(search: Record<string, unknown>): OutputView {
  return typeof search['q'] === 'string' && search['q'] ? { q: search['q'] } : {}
}
