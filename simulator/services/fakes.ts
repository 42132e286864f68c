import type { FakePorts, FakeService } from './fake-service.ts';

/** A fake as `rollcall fake NAME` offers it. */
export interface FakeKind {
  /** One line for people who choose. */
  readonly says: string;
  /** Where the real one listens. */
  readonly port: number;
  create(ports: FakePorts): FakeService;
}

/** All fakes that speak HTTP, by name. */
export const FAKES: Readonly<Record<string, FakeKind>> = {};
