export type SmoothingKind = 'ema' | 'gaussian'
