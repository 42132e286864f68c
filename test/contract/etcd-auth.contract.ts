import { describe, expect, onTestFinished, test } from 'vitest';
import { anonymous } from './etcd-exchanges.ts';
import { freshPrefix } from './etcd.contract.ts';
import {
  ask,
  base64,
  eventually,
  firstLines,
  gateway,
  self,
  Sitting,
  sourceOn,
  type EtcdUnderTest,
} from './etcd-sources.ts';

/** A member that asks for names: `root` with the password `secret`. */
export interface SecuredEtcd extends EtcdUnderTest {
  /** Nobody is logged in any more. */
  forgetTokens(): Promise<void>;
}

export const ROOT = { user: 'root', password: 'secret' };

const said = (message: string, code: number) => ({ error: message, message, code });

export function etcdAuthContract(name: string, create: () => Promise<SecuredEtcd>): void {
  describe(`the etcd source, logged in at ${name}`, { timeout: 20_000 }, () => {
    test('a wrong, a missing and a made-up identity are each refused in words that help', async () => {
      const under = await create();
      const endpoint = under.endpoints[0]!;
      const key = { key: base64('/x') };
      const bare = (path: string, body: object, headers = {}) => gateway(under, endpoint, path, body, headers);
      const empty = { status: 400, json: said('etcdserver: user name is empty', 3) };
      const made = { authorization: 'made-up' };
      const invalid = { status: 401, json: said('etcdserver: invalid auth token', 16) };
      expect(await bare('/v3/kv/range', key)).toEqual(empty);
      expect(await bare('/v3/kv/put', key)).toEqual(empty);
      expect(await bare('/v3/kv/range', key, made)).toEqual(invalid);
      expect(await bare('/v3/lease/grant', { TTL: '5' }, made)).toEqual(invalid);
      const wrong = 'etcdserver: authentication failed, invalid user ID or password';
      expect(await bare('/v3/auth/authenticate', { name: 'root', password: 'x' })).toEqual({
        status: 400,
        json: said(wrong, 3),
      });
      const prefix = freshPrefix();
      await expect(sourceOn(under, prefix).discover(ask())).rejects.toThrow(/set user and password/);
      const stranger = sourceOn(under, prefix, { user: 'root', password: 'hunter2' });
      const refused = await stranger.discover(ask()).catch((error: unknown) => error as Error);
      expect(refused).toMatchObject({ message: expect.stringMatching(/Check user and password/) });
      expect(String((refused as Error).message)).not.toContain('hunter2');
    });

    test('a streamed answer is refused inside a success', async () => {
      const under = await create();
      const [refused] = await firstLines(under, { key: base64('/x') }, 1);
      const cancel_reason = 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty';
      const flags = { watch_id: '-1', created: true, canceled: true, cancel_reason };
      expect(anonymous(refused)).toEqual({ result: { header: 'HEADER', ...flags } });
    });

    test('everything works with name and password, also after the tokens have ended', async () => {
      const under = await create();
      const source = sourceOn(under, freshPrefix(), ROOT);
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      await under.forgetTokens();
      expect(await lease.keep(ask())).toBe(true);
      await under.forgetTokens();
      expect((await source.discover(ask())).candidates).toHaveLength(1);
      const watched = new Sitting(source);
      onTestFinished(() => watched.stop());
      await eventually(under, 'the first list', () => watched.told === 1);
      await lease.release(ask());
      await eventually(under, 'the end of a', () => watched.ids.length === 0);
    });
  });
}
