import { pinoLog } from '../../transports/log.ts';
import { logContract } from './log.contract.ts';

logContract('pinoLog', async (level) => {
  let text = '';
  const log = await pinoLog({ level, format: 'json', destination: { write: (line) => void (text += line) } });
  return {
    log,
    lines: () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
});
