/** The triangles of a hull in three dimensions, by index, all with the same orientation. */
declare function convexHull(points: readonly (readonly number[])[]): [number, number, number][];
export default convexHull;
