/** The three directories of one sandbox. */
import type { DirectoryOptions } from './directory';
import { createEntra } from './entra/entra';
import { createGoogle } from './google/google';
import { createOkta } from './okta/okta';

export type Directories = ReturnType<typeof createDirectories>;

export function createDirectories(options: DirectoryOptions) {
  return {
    okta: createOkta(options),
    entra: createEntra(options),
    google: createGoogle(options),
  };
}
