import type { Experiment, MetricSummary } from '@/api/types'

/** When an experiment ended, as far as one can tell: a lost one when it was last heard. Null while it runs. */
export function endOf(experiment: Pick<Experiment, 'state' | 'ended_at' | 'heard_at'>): number | null {
  return experiment.ended_at ?? (experiment.state === 'lost' ? experiment.heard_at : null)
}

/** Whether all words of a text stand in one of the others, without case. */
export function matchesText(text: string, ...others: readonly string[]): boolean {
  const all = others.join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => all.includes(word))
}

/** A nested name in two parts, so that the last can stand out: `model|depth` is `model.` and `depth`. */
export function splitName(name: string): { path: string; last: string } {
  const readable = name.replaceAll('|', '.')
  const bar = name.lastIndexOf('|')
  return { path: bar < 0 ? '' : readable.slice(0, bar + 1), last: readable.slice(bar + 1) }
}

/** Metrics in the order in which people look for them: their own first, the machine's last, else by name. */
export function orderMetrics(metrics: readonly MetricSummary[]): MetricSummary[] {
  const isOfMachine = (metric: MetricSummary) => /^sys[./]/.test(metric.name)
  return orderByName(metrics).toSorted((a, b) => Number(isOfMachine(a)) - Number(isOfMachine(b)))
}

const collator = new Intl.Collator('en', { numeric: true })

/** By name as people count: `layer_2` before `layer_10`. */
export function orderByName<Named extends { name: string }>(all: readonly Named[]): Named[] {
  return all.toSorted((a, b) => collator.compare(a.name, b.name))
}

/** Pairs as indented JSON, for copying. */
export function toJson(pairs: readonly { name: string; value: unknown }[]): string {
  return JSON.stringify(Object.fromEntries(pairs.map(({ name, value }) => [name, value])), null, 2)
}
