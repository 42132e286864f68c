import { FrameClock } from '../../docs/examples/frame-clock.ts';
import { clockContract } from '../contract/clock.contract.ts';

clockContract('the frame clock of CONTRIBUTING', () => {
  const clock = new FrameClock(1_767_225_600_000);
  return { clock, advance: (micros) => clock.endFrame(micros) };
});
