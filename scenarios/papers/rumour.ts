import type { Address } from '../../core/ports/transport.ts';
import type { Host, Program, Running } from '../../simulator/program.ts';
import { rumourProtocol, Word } from './rumour-protocol.ts';

/** One column of choices of section 1.4 of "Epidemic algorithms for replicated database maintenance" (Demers et al.). */
export interface RumourRules {
  /** Who knows tells somebody, or everybody asks somebody. */
  readonly way: 'push' | 'pull';
  /** `feedback-counter`: interest is lost after k useless contacts in a row; `blind-coin`: after any, with chance 1/k. */
  readonly interest: 'feedback-counter' | 'blind-coin';
  readonly k: number;
}

/** What one host tells its observer. */
export interface Rumour {
  /** The cycle in which it heard; 0 is where the rumour begins, null is never. */
  readonly heardIn: number | null;
  /** Still spreads the rumour. */
  readonly infective: boolean;
  /** How often it sent the update. */
  readonly updates: number;
}

export const CYCLE = 1_000_000;

/**
 * A host that takes part in spreading one rumour, in cycles that begin everywhere at once: messages of a cycle arrive
 * within it. What a host hears in a cycle counts from the next one on: it is not passed on before, and whoever brings
 * it a second time in that cycle brought it to one that did not know.
 */
export function rumourProgram(rules: RumourRules, peers: readonly Address[], begins: boolean): Program {
  return (host): Running => new Spreader(host, rules, peers, begins);
}

class Spreader implements Rumour {
  heardIn: number | null = null;
  infective = false;
  updates = 0;
  readonly inspect: Rumour = this;
  readonly #host: Host;
  readonly #rules: RumourRules;
  readonly #peers: readonly Address[];
  readonly #send: (to: Address, word: Word) => void;
  #uselessContacts = 0;
  /** What whoever asked in this cycle says of the update that it got. */
  #toldNeeded = false;
  #toldKnown = false;

  constructor(host: Host, rules: RumourRules, peers: readonly Address[], begins: boolean) {
    this.#host = host;
    this.#rules = rules;
    this.#peers = peers;
    const endpoint = host.transport.open<Word, Word>(host.address, rumourProtocol, {
      onDatagram: (word, from) => this.#hear(word, from),
      onMalformed: () => {},
      onStream: () => ({ onMessage: () => {}, onClose: () => {} }),
    });
    this.#send = (to, word) => endpoint.send(to, word);
    if (begins) this.#learn();
    else if (rules.way === 'pull') this.#wake();
  }

  get #cycle(): number {
    return Math.floor(this.#host.clock.now() / CYCLE);
  }

  get #knewBefore(): boolean {
    return this.heardIn !== null && this.heardIn < this.#cycle;
  }

  #wake(): void {
    this.#host.clock.after(CYCLE - (this.#host.clock.now() % CYCLE), () => this.#begin());
  }

  #begin(): void {
    if (this.#rules.way === 'pull') {
      this.#judgeAnswers();
      this.#send(this.#somebody(), Word.ask);
      return this.#wake();
    }
    if (!this.infective) return;
    this.#tell(this.#somebody());
    if (this.#rules.interest === 'blind-coin' && this.#host.random.chance([1, this.#rules.k])) this.infective = false;
    this.#wake();
  }

  #hear(word: Word, from: Address): void {
    switch (word) {
      case Word.ask:
        if (this.infective && this.#knewBefore) this.#tell(from);
        return;
      case Word.update:
        if (this.#rules.interest === 'feedback-counter') this.#send(from, this.#knewBefore ? Word.known : Word.needed);
        if (this.heardIn === null) this.#learn();
        return;
      case Word.needed:
        this.#toldNeeded = true;
        break;
      case Word.known:
        this.#toldKnown = true;
    }
    // Who pushes has one answer per cycle; who is asked waits for all of them.
    if (this.#rules.way === 'push') this.#judgeAnswers();
  }

  #learn(): void {
    this.heardIn = this.#cycle;
    this.infective = true;
    if (this.#rules.way === 'push' || this.heardIn === 0) this.#wake();
  }

  #tell(to: Address): void {
    this.updates += 1;
    this.#send(to, Word.update);
  }

  #judgeAnswers(): void {
    if (this.#toldNeeded) this.#uselessContacts = 0;
    else if (this.#toldKnown) this.#uselessContacts += 1;
    this.#toldNeeded = false;
    this.#toldKnown = false;
    if (this.#uselessContacts >= this.#rules.k) this.infective = false;
  }

  #somebody(): Address {
    const own = this.#host.address;
    for (;;) {
      const peer = this.#host.random.pick(this.#peers);
      if (peer !== own) return peer;
    }
  }
}
