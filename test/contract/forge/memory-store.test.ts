import { describe } from 'vitest';
import { MemoryStore } from '../../fakes/memory-store';
import { storeSuite, suiteEntities } from './store-suite';

describe('the ledger in memory', () => {
  storeSuite(() => {
    const store = new MemoryStore(suiteEntities);
    return { store, lag: () => store.lag(), catchUp: () => store.catchUp() };
  });
});
