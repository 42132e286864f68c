import { consulContract } from './consul.contract.ts';
import { consulInAWorld, consulOnLoopback } from './consul-place.ts';

consulContract('the network of a simulated world', consulInAWorld);
consulContract('HTTP on loopback', consulOnLoopback);
