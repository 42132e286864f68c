import { promMeter } from '../../transports/meter.ts';
import { meterContract } from './meter.contract.ts';

meterContract('promMeter', async () => {
  const meter = await promMeter();
  return {
    meter,
    async collect() {
      const { text } = await meter.scrape();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return Object.fromEntries(
        lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
      );
    },
  };
});
