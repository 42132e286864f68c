// The typings of seedrandom describe its root only, and the root reaches for the platform's crypto and Math.random.
declare module 'seedrandom/lib/alea.js' {
  /** The next fraction in [0, 1), a multiple of 2^-32. */
  type Alea = () => number;
  export default function alea(seed: string): Alea;
}
