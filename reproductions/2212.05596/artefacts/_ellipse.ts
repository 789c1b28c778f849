/** How an ellipse is drawn. */
export interface EllipseStyle {
  readonly e1: number;
  readonly e2: number;
  /** Major half-axis, in the units of the place. */
  readonly size: number;
  /** Points on its outline. @default 40 */
  readonly points?: number;
}

/** The outline of a galaxy with ellipticity (e₁, e₂), closed: the last point is the first. */
export function ellipse(
  x: number,
  y: number,
  { e1, e2, size, points = 40 }: EllipseStyle,
): (readonly [number, number])[] {
  const e = Math.hypot(e1, e2), angle = Math.atan2(e2, e1) / 2, ratio = (1 - e) / (1 + e);
  return Array.from({ length: points + 1 }, (_, k) => {
    const t = 2 * Math.PI * k / points;
    const u = size * Math.cos(t), v = size * ratio * Math.sin(t);
    return [
      x + u * Math.cos(angle) - v * Math.sin(angle),
      y + u * Math.sin(angle) + v * Math.cos(angle),
    ] as const;
  });
}
