/** Metrics by how likely one looks for them: losses, then scores, then the rest, the machine's own last. */
export function rankMetrics<Metric extends { name: string; context: string }>(metrics: readonly Metric[]): Metric[] {
  const rank = ({ name }: Metric) => {
    const low = name.toLowerCase()
    if (/^(sys|system|gpu|cpu|host)[./_]/.test(low)) return 4
    if (/(^|[/_.])(lr|learning_rate|epoch|step|time|seconds)([/_.]|$)/.test(low)) return 3
    if (/loss|nll|perplexity/.test(low)) return 0
    return /acc|auc|f1|mse|rmse|mae|bleu|rouge|error|score|reward|precision|recall|return/.test(low) ? 1 : 2
  }
  return metrics.map((each, place) => ({ each, place })).toSorted((a, b) => rank(a.each) - rank(b.each) || a.place - b.place).map(({ each }) => each)
}
