/** Metrics by how likely one looks for them: losses, then scores, then the rest, the machine's own last; those of batches after those of epochs. */
export function rankMetrics<Metric extends { name: string; context: string }>(metrics: readonly Metric[]): Metric[] {
  const rank = ({ name }: Metric) => {
    const low = name.toLowerCase()
    const later = /batch|iter/.test(low) ? 0.5 : 0
    if (/^(sys|system|gpu|cpu|host)[./_]/.test(low)) return 4
    if (/(^|[/_.])(lr|learning_rate|epoch|step|time|seconds)([/_.]|$)/.test(low)) return 3
    if (/loss|nll|perplexity/.test(low)) return later
    return (/acc|auc|f1|mse|rmse|mae|bleu|rouge|error|score|reward|precision|recall|return/.test(low) ? 1 : 2) + later
  }
  return metrics
    .map((each, place) => ({ each, place }))
    .toSorted((a, b) => rank(a.each) - rank(b.each) || a.place - b.place)
    .map(({ each }) => each)
}

/** The one metric that says most of an experiment: a loss that is not of training, else what one looks for first. */
export function headlineMetric<Metric extends { name: string; context: string }>(metrics: readonly Metric[]): Metric | undefined {
  const ranked = rankMetrics(metrics)
  return ranked.find(({ name, context }) => /loss/i.test(name) && /val|eval|test/i.test(`${context}/${name}`)) ?? ranked[0]
}
