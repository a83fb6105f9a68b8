import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Rgb = readonly [number, number, number]

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokensOf(theme: 'light' | 'dark'): Map<string, string> {
  const block = css.split(`[data-theme='${theme}'] {`)[1]!.split('}')[0]!
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]))
}

const toLinear = (hex: string): Rgb => {
  const part = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

function contrast(a: string, b: string): number {
  const luminance = (hex: string) => toLinear(hex).reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i]!, 0)
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Full colour blindness as Machado, Oliveira and Fernandes simulate it (2009), on linear RGB. */
const SIGHTS: Record<string, readonly Rgb[]> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}

function toOklab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map(value => Math.min(1, Math.max(0, value))) as unknown as Rgb
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s]
}

function smallestDistance(colors: readonly string[], sight: readonly Rgb[]): number {
  const seen = colors.map(hex => {
    const rgb = toLinear(hex)
    return toOklab(sight.map(row => row.reduce((sum, share, i) => sum + share * rgb[i]!, 0)) as unknown as Rgb)
  })
  return Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map(b => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))))
}

describe.each(['light', 'dark'] as const)('%s', theme => {
  const tokens = tokensOf(theme)
  const color = (name: string) => tokens.get(name)!

  test.each(['text', 'text-2', 'text-3', 'accent', 'ok', 'run', 'warn', 'bad'])('%s can be read on every surface', name => {
    for (const surface of ['bg', 'surface', 'sunken', 'raised', 'hover']) expect(contrast(color(name), color(surface)), surface).toBeGreaterThanOrEqual(4.5)
  })
  test('words on their own fill can be read', () => {
    for (const [text, fill] of [['on-solid', 'solid'], ['on-accent', 'accent'], ['ok', 'ok-soft'], ['run', 'run-soft'], ['warn', 'warn-soft'], ['bad', 'bad-soft'], ['accent', 'accent-soft'], ['text-2', 'mute-soft'], ['text', 'select'], ['text', 'active']] as const)
      expect(contrast(color(text), color(fill)), `${text} on ${fill}`).toBeGreaterThanOrEqual(4.5)
  })

  const series = Array.from({ length: 10 }, (_, i) => color(`s${i}`))
  test('lines stand out from the page', () => {
    for (const line of series) expect(contrast(line, color('surface')), line).toBeGreaterThanOrEqual(3)
  })
  test.each(Object.entries(SIGHTS))('no two lines look alike in %s sight', (sight, matrix) => {
    expect(smallestDistance(series, matrix)).toBeGreaterThan(sight === 'normal' ? 0.1 : 0.055)
  })
})
