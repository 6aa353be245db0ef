/** The words of a schema's complaint. `zod/mini` brings none, so whoever shows them imports this. */
import { en } from 'zod/locales';
import { config } from 'zod/mini';

config(en());
