import { InvalidConfig, placeOf, type ConfigProblem, type ConfigSource } from './problems.ts';
import { tomlPositions, type Position } from './toml-positions.ts';

/** Collects problems and finds their places in the file; the file is searched only when there is a problem. */
export class Findings {
  readonly #problems: ConfigProblem[] = [];
  /** Fields of which something was refused: nothing more is said about what they lack. */
  readonly refused = new Set<string>();
  readonly #text: string;
  #positions: ((path: string) => Position | undefined) | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  add(problem: ConfigProblem): void {
    this.#problems.push({ ...problem, ...this.#position(problem.source, problem.path) });
  }

  /** Throws them all, those of the file in its order. */
  conclude(): void {
    const line = (problem: ConfigProblem): number => problem.line ?? Number.MAX_SAFE_INTEGER;
    if (this.#problems.length > 0) throw new InvalidConfig(this.#problems.toSorted((a, b) => line(a) - line(b)));
  }

  /** Where a value was said, in words. */
  place(source: ConfigSource): string {
    const position = source.kind === 'file' ? this.#position(source, source.key) : undefined;
    return placeOf(source, position?.line, position?.column);
  }

  #position(source: ConfigSource, path: string): Position | undefined {
    if (source.kind !== 'file') return undefined;
    this.#positions ??= tomlPositions(this.#text);
    // What is missing has no place of its own: then it is that of the key which asks for it.
    return this.#positions(path.startsWith(source.key) ? path : source.key);
  }
}
