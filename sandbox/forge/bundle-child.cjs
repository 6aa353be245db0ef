'use strict';
/**
 * Runs Forge's own bundler on one app, in a process of its own: the bundler resolves `src` from the
 * working directory, reads the environment and insists on being started from a file.
 * Arguments: app directory, output directory, directory that holds `dist/loader.js`.
 */
const fs = require('node:fs');
const path = require('node:path');

const [appDir, outDir, runtimeDir] = process.argv.slice(2).map((dir) => path.resolve(dir));
process.env.FORGE_RUNTIME_PATH = runtimeDir;
process.chdir(appDir);

const { getEntryPoints, getNodeBundler, getWrapperProvider } = require('@forge/bundler');
const { ConfigFile, FileSystemReader, FileSystemWriter } = require('@forge/cli-shared');

const quiet = () => {};
const logger = {
  info: quiet,
  debug: quiet,
  trace: quiet,
  warn: console.warn,
  error: console.error,
};

async function bundle() {
  const fileSystemReader = new FileSystemReader();
  const config = new ConfigFile(fileSystemReader, new FileSystemWriter());
  const entryPoints = getEntryPoints(await config.getAppHandlers());
  const wrapper = getWrapperProvider({ fileSystemReader });
  const built = await getNodeBundler(logger, wrapper, config).bundle({
    appDirectory: appDir,
    entryPoints,
  });
  fs.rmSync(outDir, { recursive: true, force: true });
  fs.cpSync(built.outputDir, outDir, { recursive: true });
  for (const [name, content] of built.additionalOutputs ?? []) {
    const file = path.join(outDir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (Buffer.isBuffer(content)) fs.writeFileSync(file, content);
    else fs.copyFileSync(content, file);
  }
}

bundle().catch((cause) => {
  console.error(cause?.message ?? cause);
  process.exit(1);
});
