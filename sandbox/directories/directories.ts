/** The three directories of one sandbox. */
import type { DirectoryOptions } from './directory';
import { createOkta } from './okta/okta';

export function createDirectories(options: DirectoryOptions) {
  return { okta: createOkta(options) };
}
