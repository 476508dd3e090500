import t from 'tap';
import { duration, perSecond, share, trafficText } from '../../../../plugin/dashboard/page/format.ts';

t.test('numbers are as long as they are telling', async (t) => {
  t.strictSame([0, 0.31, 15.26, 220.4].map(perSecond), ['0', '0.3', '15.3', '220']);
  t.strictSame([null, 0, 0.0004, 0.012, 0.33, 1].map(share), ['–', '0%', '<0.1%', '1.2%', '33%', '100%']);
  t.strictSame([null, 0.0124, 1.25].map(duration), ['–', '12 ms', '1.3 s']);
});

t.test("a color's traffic is told in words", async (t) => {
  t.equal(trafficText([0, null, null]), 'no requests');
  t.equal(trafficText([12, 0.5, 0.1]), '12.0 requests/s, 50% errors, p99 100 ms');
});
