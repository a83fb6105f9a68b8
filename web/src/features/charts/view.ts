import { readChartsView, type ChartsView } from '@/panels/line-chart/view'
import { readList, readText } from '@/lib/url-state'

/** The project's charts page as it stands in the URL. */
export interface ProjectChartsView extends ChartsView {
  /** Keys of the experiments drawn; the newest ten if undefined. */
  runs?: string[]
  /** Text that the names of listed experiments must contain. */
  q?: string
  /** The metric whose value the list shows, as `context/name` keys are written. */
  value?: string
}

/** Reads the search part of a URL; what is not understood is dropped. */
export function readProjectChartsView(search: Record<string, unknown>): ProjectChartsView {
  return { ...readChartsView(search), runs: readList(search['runs']), q: readText(search['q']), value: readText(search['value']) }
}
