/** The SVG path of a sparkline in a box of `width` x `height` px; null breaks the line. Empty if nothing is finite. */
export function sparklinePath(values: readonly (number | null)[], width: number, height: number): string {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value))
  if (finite.length === 0) return ''
  const low = Math.min(...finite)
  const span = Math.max(...finite) - low || 1
  const isFlat = Math.max(...finite) === low
  const pad = 1.5
  const x = (place: number) => pad + (values.length > 1 ? place / (values.length - 1) : 0.5) * (width - 2 * pad)
  const y = (value: number) => (isFlat ? height / 2 : height - pad - ((value - low) / span) * (height - 2 * pad))
  let path = ''
  let isPenDown = false
  values.forEach((value, place) => {
    if (value === null || !Number.isFinite(value)) {
      isPenDown = false
      return
    }
    const point = `${x(place).toFixed(1)} ${y(value).toFixed(1)}`
    // A lone point still shows: a line of no length with round caps is a dot.
    path += isPenDown ? `L${point}` : `M${point}l0 0`
    isPenDown = true
  })
  return path
}
