import type { FakePorts, FakeService } from './fake-service.ts';

/** What a service that counts shows of itself. */
export interface Counted {
  /** Requests since it runs. */
  readonly asked: number;
}

/** A fake that shows how often it was asked, and nothing else. */
export function counted(create: (ports: FakePorts) => FakeService): (ports: FakePorts) => FakeService {
  return (ports) => {
    const service = create(ports);
    let asked = 0;
    return {
      effects: service.effects,
      struck: (effect, argument) => service.struck?.(effect, argument),
      command: (name, argument) => service.command?.(name, argument),
      handler(request) {
        asked += 1;
        return service.handler(request);
      },
      inspect: {
        get asked() {
          return asked;
        },
      } satisfies Counted,
    };
  };
}
