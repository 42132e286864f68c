import { MILLISECOND, SECOND } from 'rollcall/core';
import type { Address, Micros, Timer } from 'rollcall/core';
import type { Program } from 'rollcall/simulator';
import { leaseProtocol } from './protocol.ts';

/** A voter that has granted its vote gives it to nobody else for this long, by its own clock. */
export const LEASE: Micros = 3 * SECOND;

/** How a candidate that was granted a majority judges its lease. */
export interface Judgement {
  /** Until when it leads, by its own clock. */
  holdsUntil(asked: Micros, answered: Micros): Micros;
  /** Looks at the clock before every act, or trusts the timer that ends the lease. */
  readonly looksBeforeActing: boolean;
}

/** What one writes first. */
export const naive: Judgement = {
  holdsUntil: (_, answered) => answered + LEASE,
  looksBeforeActing: false,
};

/** Clocks of two hosts may run apart by this share of a lease. */
const DRIFT_ALLOWANCE: Micros = LEASE / 5;

/**
 * The vote was granted some time after it was asked for, so the lease counts from the question. Clocks differ in
 * speed, so it ends a little early. And a process may sleep between its timers, so it looks at the clock each time.
 */
export const careful: Judgement = {
  holdsUntil: (asked) => asked + LEASE - DRIFT_ALLOWANCE,
  looksBeforeActing: true,
};

/** Hosts vote for one leader at a time. The leader acts every 100 ms, and asks again in time to go on leading. */
export function leaseProgram(voters: readonly string[], { holdsUntil, looksBeforeActing }: Judgement): Program {
  return (host) => {
    const { clock, random } = host;
    let grantedTo: Address = '';
    let grantedUntil: Micros = 0;
    let round = 0;
    let asked: Micros = 0;
    const votes = new Set<Address>();
    let leads = false;
    let leadsUntil: Micros = 0;
    let ending: Timer = 0;

    const endpoint = host.transport.open(host.address, leaseProtocol, {
      onDatagram(message, from) {
        if (message.kind === 'ask') vote(from, message.round);
        else if (message.round === round) count(from);
      },
      onMalformed() {},
      onStream: (stream) => {
        stream.close();
        return { onMessage() {}, onClose() {} };
      },
    });

    function vote(candidate: Address, its: number): void {
      if (candidate !== grantedTo && clock.now() < grantedUntil) return;
      grantedTo = candidate;
      grantedUntil = clock.now() + LEASE;
      endpoint.send(candidate, { kind: 'grant', round: its });
    }

    function count(voter: Address): void {
      votes.add(voter);
      if (votes.size !== Math.floor(voters.length / 2) + 1) return;
      leadsUntil = holdsUntil(asked, clock.now());
      clock.cancel(ending);
      ending = clock.after(leadsUntil - clock.now(), yieldLead);
      if (leads || leadsUntil <= clock.now()) return;
      leads = true;
      host.emit({ type: 'elected' });
      act();
    }

    function yieldLead(): void {
      if (leads) host.emit({ type: 'yielded' });
      leads = false;
    }

    function act(): void {
      if (looksBeforeActing && clock.now() >= leadsUntil) yieldLead();
      if (!leads) return;
      host.emit({ type: 'acted' });
      clock.after(100 * MILLISECOND, act);
    }

    function ask(): void {
      round += 1;
      votes.clear();
      asked = clock.now();
      for (const name of voters) {
        const voter = host.addressOf(name);
        if (voter !== undefined) endpoint.send(voter, { kind: 'ask', round });
      }
      clock.after(SECOND + random.int(SECOND / 2), ask);
    }

    clock.after(random.int(SECOND), ask);
  };
}
